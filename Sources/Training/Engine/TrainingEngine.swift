internal import Checkpoints
internal import Foundation
internal import Torch

/// Trains what a ``TrainingTask`` names: batches in, a model folder out.
///
/// A run that is stopped or killed and resumed cannot be told from one that went straight through: batches, times and noise
/// are functions of seed and step, and the state holds all else.
public final class TrainingEngine<Task: TrainingTask> {
  /// What a step learns from.
  public typealias Batch = Task.Batch
  /// What goes on outside the arithmetic.
  public typealias Surroundings = TrainingSurroundings<Task>

  /// What is trained.
  public let task: Task
  private let plan: RunPlan
  private let folder: RunFolder
  private let parameters: TrainableParameters
  private let optimisers: GroupedOptimiser
  private let average: MovingAverage
  private var step = 0

  /// Prepares a run.
  /// - Parameters:
  ///   - task: What is trained.
  ///   - plan: How.
  ///   - resume: Go on from the state in the run's folder, when there is one.
  /// - Throws: `TrainingError` or `CheckpointError` when a stored state does not fit the task; `TrainingError` when the
  ///   folder holds a run and `resume` is false, so that hours of training are not written over by mistake.
  public init(_ task: Task, _ plan: RunPlan, resume: Bool) throws {
    self.task = task
    self.plan = plan
    folder = RunFolder(plan.output)
    let exists = FileManager.default.fileExists(atPath: folder.state)
    guard resume || !exists else {
      throw TrainingError(
        .state,
        "starting a run in '\(plan.output)': the folder holds a run already; go on with --resume, name another 'output' "
          + "in the recipe, or remove '\(folder.state)'")
    }
    let state = exists ? try TrainingState(path: folder.state) : nil
    if let state { try task.identity.check(state.recipe, path: folder.state) }
    let start: [String: Tensor]
    if let state {
      start = state.part("weights/")
      try task.check(ParameterDictionary(start, name: folder.state))
    } else {
      start = try task.firstParameters()
    }
    parameters = try TrainableParameters(try start.mapValues { try $0.to(device: task.device) })
    optimisers = try GroupedOptimiser(parameters, task.groups, plan.optimiser)
    average = try MovingAverage(optimisers.averaged(parameters.tensors), decay: plan.optimiser.average)
    if let state {
      try optimisers.restore(state.part("optimiser/"))
      try average.restore(state.part("average/"), names: optimisers.averaged(parameters.names))
      step = state.step
    }
  }

  /// Steps done so far.
  public var stepsDone: Int { step }

  /// How many numbers are trained.
  public var parameterCount: Int { parameters.count }

  /// The keys of what is trained, sorted.
  public var parameterNames: [String] { parameters.names }

  /// Trains until the plan's last step or until told to stop; saves at the end in either case.
  /// - Throws: `TrainingError` when the loss is no longer a number; what the surroundings throw.
  public func run(_ surroundings: Surroundings) throws {
    try folder.make()
    let log = try TrainingLog(path: folder.log, from: step)
    func tell(_ values: [String: Double]) throws {
      var values = values
      values["step"] = Double(step)
      try log.write(values)
      surroundings.report(step, values)
    }
    var meter = StepMeter()
    var saved: Int?
    while step < plan.steps, !surroundings.shouldStop() {
      let rate = plan.optimiser.learningRate(steps: plan.steps).rate(at: step)
      try meter.measure { meter throws in
        try advance(surroundings, rate: rate, meter: &meter)
      }
      step += 1
      if step % plan.schedule.log == 0 {
        try tell(meter.values(rate: rate))
        meter = StepMeter()
      }
      if step % plan.schedule.validate == 0 || step == plan.steps {
        let scores = try withoutGradient { try surroundings.measure(try averagedModel(), step) }
        if !scores.isEmpty { try tell(scores) }
      }
      if step % plan.schedule.save == 0 {
        try save()
        saved = step
      }
    }
    if saved != step { try save() }
  }

  /// One step: forward and backward for each of its batches, clip, update.
  private func advance(_ surroundings: Surroundings, rate: Double, meter: inout StepMeter) throws {
    var sums = Array(repeating: GradientSum(), count: optimisers.phaseCount)
    var loss = 0.0
    for part in 0..<plan.optimiser.accumulation {
      let number = step * plan.optimiser.accumulation + part
      let batch = try meter.waiting { try surroundings.batch(number) }
      let random = try Generator(seed: plan.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
      let model = try task.model(parameters.converted(to: task.dtype))
      let losses =
        try plan.optimiser.recompute
        ? withRecomputation { try task.losses(model, batch, random: random) }
        : task.losses(model, batch, random: random)
      guard losses.byPhase.count == optimisers.phaseCount else {
        throw TrainingError(
          .state,
          "training step \(step): the task answered \(losses.byPhase.count) losses for \(optimisers.phaseCount) phases")
      }
      for (phase, phaseLoss) in losses.byPhase.enumerated() {
        try sums[phase].add(
          parameters.gradients(of: phaseLoss, at: optimisers.indices(phase: phase), idle: task.mayBeIdle))
      }
      loss += try losses.byPhase[0].item()
      for (name, value) in losses.parts { meter.add(name, try value.item()) }
    }
    loss /= Double(plan.optimiser.accumulation)
    var gradients: [[Tensor]] = []
    for phase in sums.indices {
      let mean = try sums[phase].mean()
      let length = try GradientClipping.clip(mean, to: plan.optimiser.clip)
      guard loss.isFinite, length.isFinite else {
        throw TrainingError(
          .divergence,
          "training step \(step): the loss is \(loss) and its gradient \(length) long; lower optimiser.rate and go on with --resume"
        )
      }
      gradients.append(mean)
    }
    try optimisers.step(gradients, learningRate: rate)
    try average.update(optimisers.averaged(parameters.tensors), step: step + 1)
    meter.add(loss: loss)
  }

  /// The model as it would be shipped now: averages, and what is not averaged as it is.
  public func averagedModel() throws -> Task.Model {
    var values = parameters.tensors
    for (index, tensor) in zip(optimisers.indices(phase: 0), average.averages) { values[index] = tensor }
    return try task.model(parameters.converted(to: task.dtype, values: values))
  }

  private func save() throws {
    var tensors = parameters.named(prefix: "weights/")
    let averages = Dictionary(uniqueKeysWithValues: zip(optimisers.averaged(parameters.names), average.averages))
    for (key, tensor) in averages { tensors["average/" + key] = tensor }
    for (key, tensor) in optimisers.state() { tensors["optimiser/" + key] = tensor }
    let state = TrainingState(
      step: step, tensors: try tensors.mapValues { try $0.detached() }, recipe: try task.identity.text)
    try folder.write(state, keeping: plan.schedule.keep)
    try task.write(averages, to: folder.model)
  }
}
