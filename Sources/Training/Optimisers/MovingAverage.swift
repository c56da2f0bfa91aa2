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
    try withoutGradient { () throws(TorchError) in
      try foreachLerp.call([.tensors(averages), .tensors(parameters), .double(1 - now)])
    }
  }
}
