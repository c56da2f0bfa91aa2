public import Torch

/// The steps of a diffusion run, from noise to a clean latent.
///
/// A scheduler knows noise levels and formulas, no network and no random numbers: noise is an argument, so that the same
/// inputs give the same latent. It is a value without state; what a formula needs of an earlier step is an argument too.
public protocol Scheduler: Sendable {
  /// The `_class_name` of the configurations that this type reads.
  static var className: String { get }

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: How many steps, or which.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError)

  /// What the configuration says that the network predicts.
  var parametrisation: Parametrisation { get }

  /// The noise level at which the network is asked, one for each step, from the noisiest down.
  var levels: [NoiseLevel] { get }

  /// What standard normal noise is multiplied by to start from noise alone.
  var initialNoiseScale: Double { get }

  /// The level that the last step leads to.
  var finalLevel: NoiseLevel { get }

  /// The level of a latent that arrives at a step: that of ``levels``, unless the step first adds noise.
  func arrivalLevel(_ index: Int) -> NoiseLevel

  /// The level at any time of the training schedule.
  /// - Parameter timestep: On the network's scale.
  /// - Throws: `SchedulerError` for a time outside of the schedule.
  func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel

  /// The weights of a step.
  /// - Parameters:
  ///   - index: Which step; within ``levels``.
  ///   - hasPrevious: Whether the clean latent predicted a step earlier is known. False at the first step of a run.
  func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients

  /// How much fresh noise is added to a latent before the network is asked; 0 for most.
  func churnScale(_ index: Int) -> Double
}

extension Scheduler {
  /// The level of ``levels``.
  public func arrivalLevel(_ index: Int) -> NoiseLevel { levels[index] }

  /// None.
  public func churnScale(_ index: Int) -> Double { 0 }

  /// Whether a step adds fresh noise after the network was asked.
  public func needsNoise(_ index: Int) -> Bool {
    levels.indices.contains(index) && coefficients(index, hasPrevious: true).noise != 0
  }

  /// One step towards the clean latent.
  /// - Parameters:
  ///   - clean: The predicted clean latent, BCHW float32.
  ///   - sample: The latent that the network was asked about, BCHW float32, with churn added where there is some.
  ///   - index: Which step.
  ///   - previousClean: The clean latent predicted a step earlier; nil at the first step of a run.
  ///   - noise: Standard normal noise, needed where ``needsNoise(_:)`` says so.
  /// - Returns: The latent that arrives at the next step, or the result after the last.
  /// - Throws: `SchedulerError` for an index outside of the run or for missing noise; `TorchError`.
  public func step(
    clean: Tensor, sample: Tensor, index: Int, previousClean: Tensor? = nil, noise: Tensor? = nil
  ) throws -> Tensor {
    guard levels.indices.contains(index) else {
      throw SchedulerError(.step, "step \(index) was asked of a run of \(levels.count) steps")
    }
    let weights = coefficients(index, hasPrevious: previousClean != nil)
    if weights == StepCoefficients(clean: 1, sample: 0) { return clean }
    let next = try clean * weights.clean
    if weights.sample != 0 { try next.add(inPlace: sample, scale: weights.sample) }
    if let previousClean, weights.previousClean != 0 {
      try next.add(inPlace: previousClean, scale: weights.previousClean)
    }
    if weights.noise != 0 {
      guard let noise else {
        throw SchedulerError(.step, "step \(index) of \(Self.self) adds noise but was given none")
      }
      try next.add(inPlace: noise, scale: weights.noise)
    }
    return next
  }

  /// A latent with the noise added that a step's formula wants before the network is asked.
  /// - Parameters:
  ///   - sample: The latent that arrived at the step.
  ///   - index: Which step.
  ///   - noise: Standard normal noise.
  /// - Throws: `TorchError`.
  public func churned(_ sample: Tensor, index: Int, noise: Tensor) throws(TorchError) -> Tensor {
    let scale = churnScale(index)
    return scale == 0 ? sample : try sample + noise * scale
  }

  /// The start from noise alone.
  /// - Parameter noise: Standard normal noise.
  /// - Throws: `TorchError`.
  public func initialLatent(noise: Tensor) throws(TorchError) -> Tensor {
    initialNoiseScale == 1 ? noise : try noise * initialNoiseScale
  }

  /// A clean latent with the noise of a level added: the start from a picture.
  /// - Parameters:
  ///   - clean: BCHW float32.
  ///   - noise: Standard normal noise of the same shape.
  ///   - level: How much of both.
  /// - Throws: `TorchError`.
  public func addNoise(clean: Tensor, noise: Tensor, level: NoiseLevel) throws(TorchError) -> Tensor {
    try level.noised(clean, with: noise)
  }

  /// The first step at or below a time: where a run starts that begins from a picture with that much noise.
  /// - Parameter timestep: On the network's scale.
  /// - Returns: A step's index; the number of steps when all lie above.
  public func firstStep(atOrBelow timestep: Double) -> Int {
    levels.firstIndex { $0.timestep <= timestep } ?? levels.count
  }
}
