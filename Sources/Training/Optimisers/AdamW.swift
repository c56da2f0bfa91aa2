public import Torch

private let fusedAdamW = Operator("aten::_fused_adamw_")
private let foreachAddScalar = Operator("aten::_foreach_add_", "Scalar")

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as one fused kernel over all parameters.
public final class AdamW {
  /// What does not change over a run.
  public struct Settings: Sendable, Hashable {
    /// Decay of the mean of gradients.
    public var beta1 = 0.9
    /// Decay of the mean of squared gradients.
    public var beta2 = 0.99
    /// Added to the root of the mean square.
    public var epsilon = 1e-8
    /// Part of each parameter taken off a step, times the learning rate.
    public var weightDecay = 1e-2

    /// The defaults.
    public init() {}
  }

  private let settings: Settings
  private let parameters: [Tensor]
  private let means: [Tensor]
  private let squares: [Tensor]
  private let steps: [Tensor]

  /// An optimiser of float32 leaves in row-major memory, with empty memory of gradients.
  /// - Throws: `TorchError` for a parameter of another type or order, which the fused kernel would mix up.
  public init(_ parameters: [Tensor], settings: Settings = Settings()) throws(TorchError) {
    if let other = parameters.first(where: { $0.dtype != .float32 || !$0.isContiguous }) {
      throw TorchError(
        .argument, "AdamW: \(other) with strides \(other.strides) is not float32 in row-major order; convert it first")
    }
    self.settings = settings
    self.parameters = parameters
    var means: [Tensor] = []
    var squares: [Tensor] = []
    var steps: [Tensor] = []
    for parameter in parameters {
      means.append(try parameter.detached().zerosLike())
      squares.append(try parameter.detached().zerosLike())
      steps.append(try .zeros([], device: parameter.device))
    }
    self.means = means
    self.squares = squares
    self.steps = steps
  }

  /// Changes the parameters in place.
  /// - Parameters:
  ///   - gradients: One for each parameter, of its shape, in any order in memory.
  ///   - learningRate: The size of a step.
  public func step(_ gradients: [Tensor], learningRate: Double) throws(TorchError) {
    guard gradients.count == parameters.count else {
      throw TorchError(.argument, "AdamW: \(gradients.count) gradients for \(parameters.count) parameters")
    }
    // The kernel walks raw memory side by side: a gradient in channels_last order would meet the wrong numbers.
    var ordered: [Tensor] = []
    for (gradient, parameter) in zip(gradients, parameters) {
      guard gradient.shape == parameter.shape else {
        throw TorchError(
          .argument, "AdamW: a gradient of shape \(gradient.shape) for a parameter of \(parameter.shape)")
      }
      ordered.append(try gradient.to(.float32).contiguous())
    }
    try withoutGradient { () throws(TorchError) in
      try foreachAddScalar.call([.tensors(steps), .double(1)])
      try fusedAdamW.call([
        .tensors(parameters), .tensors(ordered), .tensors(means), .tensors(squares), .tensors([]), .tensors(steps),
        .double(learningRate), .double(settings.beta1), .double(settings.beta2), .double(settings.weightDecay),
        .double(settings.epsilon), .bool(false), .bool(false),
      ])
    }
  }

  /// The memory of gradients, by the names of the parameters: what a resumable run stores.
  public func state(names: [String]) -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (index, name) in names.enumerated() {
      state["mean/" + name] = means[index]
      state["square/" + name] = squares[index]
      state["step/" + name] = steps[index]
    }
    return state
  }

  /// Goes on from stored memory.
  /// - Throws: `TorchError` when a part is missing or has another shape.
  public func restore(_ state: [String: Tensor], names: [String]) throws(TorchError) {
    for (index, name) in names.enumerated() {
      for (kind, target) in [("mean/", means[index]), ("square/", squares[index]), ("step/", steps[index])] {
        guard let source = state[kind + name], source.shape == target.shape else {
          throw TorchError(.argument, "resuming AdamW: the checkpoint has no '\(kind)\(name)' of shape \(target.shape)")
        }
        try target.copy(inPlace: source)
      }
    }
  }
}
