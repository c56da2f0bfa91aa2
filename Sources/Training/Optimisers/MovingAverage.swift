public import Torch

private let foreachLerp = Operator("aten::_foreach_lerp_", "Scalar")

/// An exponential moving average of parameters: what is shipped and measured.
public final class MovingAverage {
  /// The averages, in the order of the parameters.
  public let averages: [Tensor]
  private let decay: Double

  /// Starts from the parameters as they are.
  public init(_ parameters: [Tensor], decay: Double) throws(TorchError) {
    self.decay = decay
    var copies: [Tensor] = []
    for parameter in parameters { copies.append(try parameter.detached().cloned()) }
    averages = copies
  }

  /// Moves the averages towards the parameters after step `step` (from 1).
  ///
  /// Early on the average spans fewer steps, (1 + step) / (10 + step), so that it does not remember the beginning.
  public func update(_ parameters: [Tensor], step: Int) throws(TorchError) {
    let now = min(decay, Double(1 + step) / Double(10 + step))
    _ = try withoutGradient { () throws(TorchError) in
      try foreachLerp.call([.tensors(averages), .tensors(parameters), .double(1 - now)])
    }
  }

  /// Goes on from stored averages.
  /// - Parameters:
  ///   - stored: Averages by the names of the parameters.
  ///   - names: The names, in the order of the parameters.
  /// - Throws: `TorchError` when one is missing or has another shape.
  public func restore(_ stored: [String: Tensor], names: [String]) throws(TorchError) {
    for (name, target) in zip(names, averages) {
      guard let source = stored[name], source.shape == target.shape else {
        throw TorchError(.argument, "resuming: the state has no average of '\(name)' of shape \(target.shape)")
      }
      try target.copy(inPlace: source)
    }
  }
}
