internal import Checkpoints
internal import Foundation
public import Priors
public import Restorers
public import Torch

/// Trains a starter model from scratch: crops in, a model folder out.
public final class StarterTrainer {
  /// What a step needs: pictures in 0…1, and their low-quality partners `scale` times smaller.
  public struct Batch {
    /// `[B, 3, crop, crop]`.
    public let high_BCHW: Tensor
    /// `[B, 3, crop / scale, crop / scale]`.
    public let low_BCHW: Tensor

    /// A batch.
    public init(high_BCHW: Tensor, low_BCHW: Tensor) {
      self.high_BCHW = high_BCHW
      self.low_BCHW = low_BCHW
    }
  }

  /// What goes on outside the arithmetic: data, measuring and telling. The program fills it.
  public struct Surroundings {
    /// The batch of a step; a function of the step alone, so that a resumed run sees the same.
    public var batch: (_ step: Int) throws -> Batch
    /// Scores of the averaged model by name, for the log; none where nothing is measured.
    public var measure: (_ network: StarterNetwork, _ step: Int) throws -> [String: Double]
    /// Told of every log line: step, then values by name.
    public var report: (_ step: Int, _ values: [String: Double]) -> Void
    /// True when the run shall stop after the current step.
    public var shouldStop: () -> Bool

    /// Surroundings.
    public init(
      batch: @escaping (Int) throws -> Batch, measure: @escaping (StarterNetwork, Int) throws -> [String: Double],
      report: @escaping (Int, [String: Double]) -> Void, shouldStop: @escaping () -> Bool
    ) {
      self.batch = batch
      self.measure = measure
      self.report = report
      self.shouldStop = shouldStop
    }
  }

  private let recipe: StarterRecipe
  private let device: Device
  private let dtype: DType
  private let parameters: TrainableParameters
  private let optimiser: AdamW
  private let average: MovingAverage
  private let objective: StarterObjective
  private var step = 0

  /// Prepares a run.
  /// - Parameters:
  ///   - levels: Noise levels of the model's times, noisiest first.
  ///   - dtype: The type that the networks compute in; parameters and optimiser stay float32.
  ///   - resume: Go on from the state in the recipe's output folder, when there is one.
  /// - Throws: `TrainingError` or `CheckpointError` when a stored state does not fit the recipe; `TrainingError` when the
  ///   folder holds a run and `resume` is false, so that hours of training are not written over by mistake.
  public init(_ recipe: StarterRecipe, levels: [NoiseLevel], device: Device, dtype: DType, resume: Bool) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    let path = Self.statePath(recipe)
    let exists = FileManager.default.fileExists(atPath: path)
    guard resume || !exists else {
      throw TrainingError(
        .state,
        "starting a run in '\(recipe.output)': the folder holds a run already; go on with --resume, name another 'output' "
          + "in the recipe, or remove '\(path)'")
    }
    let state = exists ? try TrainingState(path: path) : nil
    if let state { try RunIdentity(recipe).check(state.recipe, path: path) }
    let start = try Self.firstWeights(recipe, state: state, path: path)
    parameters = try TrainableParameters(try start.mapValues { try $0.to(device: device) })
    var settings = AdamW.Settings()
    settings.weightDecay = recipe.optimiser.decay
    optimiser = try AdamW(parameters.tensors, settings: settings)
    average = try MovingAverage(parameters.tensors, decay: recipe.optimiser.average)
    objective = StarterObjective(recipe.model, settings: recipe.objective, levels: levels)
    if let state {
      try optimiser.restore(state.part("optimiser/"), names: parameters.names)
      try average.restore(state.part("average/"), names: parameters.names)
      step = state.step
    }
  }

  /// The weights that the run goes on from: those of its state, else those of the recipe's `start`, else new ones.
  private static func firstWeights(_ recipe: StarterRecipe, state: TrainingState?, path: String) throws -> [String:
    Tensor]
  {
    let stored: ParameterDictionary
    if let state {
      stored = ParameterDictionary(state.part("weights/"), name: path)
    } else if !recipe.start.isEmpty {
      stored = try StarterFolder.parameters(of: recipe.start)
    } else {
      let initialiser = try ParameterInitialiser(seed: recipe.seed)
      _ = try StarterNetwork(ParameterLoader(initialiser).root, recipe.model)
      return initialiser.drawn
    }
    _ = try ParameterLoader.load(stored, component: "the starter's stored weights") { path in
      try StarterNetwork(path, recipe.model)
    }
    return stored.tensors
  }

  /// Steps done so far.
  public var stepsDone: Int { step }

  /// How many numbers the model has.
  public var parameterCount: Int { parameters.count }

  /// Trains until the recipe's last step or until told to stop; saves at the end in either case.
  /// - Throws: `TrainingError` when the loss is no longer a number; what the surroundings throw.
  public func run(_ surroundings: Surroundings) throws {
    do { try FileManager.default.createDirectory(atPath: recipe.output, withIntermediateDirectories: true) } catch {
      throw TrainingError(.state, "making the run's folder '\(recipe.output)': \(error.localizedDescription)")
    }
    let log = try TrainingLog(path: recipe.output + "/log.jsonl", from: step)
    let rates = LearningRate(peak: recipe.optimiser.rate, warmup: recipe.optimiser.warmup, steps: recipe.steps)
    var losses: [Double] = []
    // Steps alone: measuring and saving have times of their own.
    var (spent, waited) = (Duration.zero, Duration.zero)
    var saved: Int?

    while step < recipe.steps, !surroundings.shouldStop() {
      let asked = ContinuousClock.now
      let batch = try surroundings.batch(step)
      waited += ContinuousClock.now - asked

      losses.append(try advance(batch, rate: rates.rate(at: step)))
      spent += ContinuousClock.now - asked
      step += 1

      if step % recipe.schedule.log == 0 {
        let values = [
          "step": Double(step), "loss": losses.reduce(0, +) / Double(losses.count), "rate": rates.rate(at: step - 1),
          "seconds_per_step": spent.seconds / Double(losses.count), "waited": waited.seconds / spent.seconds,
        ]
        try log.write(values)
        surroundings.report(step, values)
        (losses, spent, waited) = ([], .zero, .zero)
      }
      if step % recipe.schedule.validate == 0 || step == recipe.steps {
        var values = try withoutGradient { try surroundings.measure(try averagedNetwork(), step) }
        if !values.isEmpty {
          values["step"] = Double(step)
          try log.write(values)
          surroundings.report(step, values)
        }
      }
      if step % recipe.schedule.save == 0 {
        try save()
        saved = step
      }
    }
    if saved != step { try save() }
  }

  /// One step: forward, backward, clip, update.
  private func advance(_ batch: Batch, rate: Double) throws -> Double {
    let random = try Generator(seed: recipe.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(step))
    let network = try StarterNetwork(
      ParameterLoader(try parameters.converted(to: dtype), device: device).root, recipe.model)
    let loss = try objective.loss(
      network, high_BCHW: try batch.high_BCHW.to(device: device), low_BCHW: try batch.low_BCHW.to(device: device),
      random: random)
    let gradients = try parameters.gradients(of: loss)
    let length = try GradientClipping.clip(gradients, to: recipe.optimiser.clip)
    let value = try loss.item()
    guard value.isFinite, length.isFinite else {
      throw TrainingError(
        .divergence,
        "training step \(step): the loss is \(value) and its gradient \(length) long; lower optimiser.rate and go on with --resume"
      )
    }
    try optimiser.step(gradients, learningRate: rate)
    try average.update(parameters.tensors, step: step + 1)
    return value
  }

  /// The model as it would be shipped now.
  public func averagedNetwork() throws -> StarterNetwork {
    let weights = try parameters.converted(to: dtype, values: average.averages)
    return try ParameterLoader.load(weights, component: "the averaged starter", device: device) { path in
      try StarterNetwork(path, recipe.model)
    }
  }

  private func save() throws {
    var tensors = parameters.named(prefix: "weights/")
    tensors.merge(parameters.named(average.averages, prefix: "average/")) { $1 }
    for (key, tensor) in optimiser.state(names: parameters.names) { tensors["optimiser/" + key] = tensor }
    let state = TrainingState(
      step: step, tensors: try tensors.mapValues { try $0.detached() }, recipe: try RunIdentity(recipe).text)
    try state.write(to: Self.statePath(recipe))
    try StarterFolder.write(parameters.named(average.averages), recipe.model, to: recipe.output + "/model")
  }

  private static func statePath(_ recipe: StarterRecipe) -> String { recipe.output + "/state.safetensors" }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
