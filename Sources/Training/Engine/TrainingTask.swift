public import Checkpoints
public import Torch

/// What one kind of training does with a batch: which parameters are trained, what the loss is, and what comes out.
///
/// ``TrainingEngine`` has all the rest: optimiser, averages, data order, states, resuming. Weights that a task holds itself
/// and does not name in ``firstParameters()`` are frozen: they have neither gradient nor optimiser state.
public protocol TrainingTask {
  /// What a step learns from.
  associatedtype Batch
  /// The networks over one set of weights.
  associatedtype Model

  /// What must stay as it is while a run is resumed.
  var identity: RunIdentity { get }
  /// Where the networks run.
  var device: Device { get }
  /// The type that the networks compute in; trained parameters and optimiser stay float32.
  var dtype: DType { get }
  /// Who is trained with which loss and rate. Every trained parameter belongs to the first group that takes it.
  var groups: [ParameterGroup] { get }

  /// The trained parameters that a new run begins with, by key: new ones, or those of the recipe's `start`.
  /// - Throws: `CheckpointError` for files that cannot be read or are another model's.
  func firstParameters() throws -> [String: Tensor]

  /// Throws unless stored parameters are this task's.
  /// - Throws: `CheckpointError` with missing, unexpected and mismatched keys.
  func check(_ stored: ParameterDictionary) throws

  /// The networks over trained parameters, which come in ``dtype`` and may record gradients.
  func model(_ parameters: ParameterDictionary) throws -> Model

  /// The losses of a batch, one for each phase of ``groups``: a scalar each.
  /// - Parameters:
  ///   - model: What ``model(_:)`` answered.
  ///   - random: The batch's own generator, on the CPU: everything random depends on seed and step only.
  func losses(_ model: Model, _ batch: Batch, random: Generator) throws -> StepLosses

  /// True for a parameter that the loss may fail to reach without that being a mistake.
  func mayBeIdle(_ key: String) -> Bool

  /// What the model makes of a batch, for people to look at: a row each, low-quality, restored and original picture side by
  /// side, 0…1.
  /// - Returns: nil where there is nothing to be seen.
  func preview(_ model: Model, _ batch: Batch) throws -> Tensor?

  /// Writes what `burnish restore` loads.
  /// - Parameters:
  ///   - parameters: All of the first phase, float32: averages.
  ///   - folder: Made when it is not there.
  func write(_ parameters: [String: Tensor], to folder: String) throws
}

extension TrainingTask {
  /// One group of all.
  public var groups: [ParameterGroup] { [.all] }

  /// Nothing.
  public func preview(_ model: Model, _ batch: Batch) throws -> Tensor? { nil }

  /// No parameter may.
  public func mayBeIdle(_ key: String) -> Bool { false }
}

/// Parameters that are trained with one loss at one rate.
public struct ParameterGroup: Sendable {
  /// What messages and logs call it.
  public var name: String
  /// Which of a step's losses trains it. What belongs to the first phase is averaged and written; a discriminator is a
  /// phase of its own.
  public var phase: Int
  /// Factor of the recipe's learning rate.
  public var rate: Double
  /// Whether a parameter belongs to it.
  public var takes: @Sendable (_ key: String) -> Bool

  /// A group.
  public init(
    _ name: String, phase: Int = 0, rate: Double = 1, takes: @escaping @Sendable (String) -> Bool = { _ in true }
  ) {
    self.name = name
    self.phase = phase
    self.rate = rate
    self.takes = takes
  }

  /// Every parameter, at the recipe's rate.
  public static let all = ParameterGroup("all")
}

/// What a batch costs.
public struct StepLosses {
  /// A scalar for each phase.
  public var byPhase: [Tensor]
  /// What the losses are made of, for the log: scalars by name.
  public var parts: [String: Tensor]

  /// A loss for everything that is trained.
  public init(_ loss: Tensor, parts: [String: Tensor] = [:]) { self.init(byPhase: [loss], parts: parts) }

  /// A loss for each phase.
  public init(byPhase: [Tensor], parts: [String: Tensor] = [:]) {
    self.byPhase = byPhase
    self.parts = parts
  }
}
