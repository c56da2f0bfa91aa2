internal import Checkpoints
internal import Foundation
public import Torch

/// Trains what a ``TrainingTask`` names: batches in, a model folder out.
///
/// A run that is stopped or killed and resumed cannot be told from one that went straight through: batches, times and noise
/// are functions of seed and step, and the state holds all else.
///
/// Several processes share a step's batches among them and take the mean gradient of all: the result is that of one
/// process. The first of them reads and writes the run's folder.
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
  private let group: ProcessGroup?
  private var step = 0

  /// Prepares a run.
  /// - Parameters:
  ///   - task: What is trained.
  ///   - plan: How.
  ///   - resume: Go on from the state in the run's folder, when there is one.
  ///   - group: The processes that share the run; nil for this one alone.
  /// - Throws: `TrainingError` or `CheckpointError` when a stored state does not fit the task; `TrainingError` when the
  ///   folder holds a run and `resume` is false, so that hours of training are not written over by mistake.
  public init(_ task: Task, _ plan: RunPlan, resume: Bool, group: ProcessGroup? = nil) throws {
    self.task = task
    self.plan = plan
    self.group = group
    if let group { try Self.check(plan, group) }
    folder = RunFolder(plan.output)
    let path = folder.state
    let state = try group.first { try Self.state(of: task, plan, path: path, resume: resume) } ?? nil
    let start: [String: Tensor]
    if let state {
      start = state.part("weights/")
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
    if let group { try share(group) }
  }

  /// The state to go on from; nil for a new run.
  private static func state(of task: Task, _ plan: RunPlan, path: String, resume: Bool) throws -> TrainingState? {
    let exists = FileManager.default.fileExists(atPath: path)
    guard resume || !exists else {
      throw TrainingError(
        .state,
        "starting a run in '\(plan.output)': the folder holds a run already; go on with --resume, name another 'output' "
          + "in the recipe, or remove '\(path)'")
    }
    guard exists else { return nil }
    let state = try TrainingState(path: path)
    try task.identity.check(state.recipe, path: path)
    try task.check(ParameterDictionary(state.part("weights/"), name: path))
    return state
  }

  /// Throws unless a step's batches can be shared.
  private static func check(_ plan: RunPlan, _ group: ProcessGroup) throws {
    guard plan.optimiser.accumulation.isMultiple(of: group.size) else {
      throw TrainingError(
        .recipe,
        "training with \(group.size) processes: they share the \(plan.optimiser.accumulation) batches of a step; make "
          + "'optimiser.accumulation' a multiple of \(group.size), and 'data.batch' as much smaller")
    }
  }

  /// Lets all processes begin where the first one does.
  private func share(_ group: ProcessGroup) throws {
    step = Int(try group.sum([group.isFirst ? Double(step) : 0])[0])
    let memory = optimisers.state()
    try withoutGradient {
      try group.broadcast(parameters.tensors.map { try $0.detached() })
      try group.broadcast(average.averages)
      try group.broadcast(memory.keys.sorted().compactMap { memory[$0] })
    }
  }

  /// Steps done so far.
  public var stepsDone: Int { step }

  /// Which batches are this process's own.
  public var batchNumbers: BatchNumbers {
    BatchNumbers(accumulation: plan.optimiser.accumulation, rank: group?.rank ?? 0, size: group?.size ?? 1)
  }

  /// How many numbers are trained.
  public var parameterCount: Int { parameters.count }

  /// The keys of what is trained, sorted.
  public var parameterNames: [String] { parameters.names }

  /// Trains until the plan's last step or until told to stop; saves at the end in either case.
  /// - Throws: `TrainingError` when the loss is no longer a number; what the surroundings throw.
  public func run(_ surroundings: Surroundings) throws {
    let log = try group.first { [folder, step] in
      try folder.make()
      return try TrainingLog(path: folder.log, from: step)
    }
    func tell(_ values: [String: Double]) throws {
      guard let log else { return }
      var values = values
      values["step"] = Double(step)
      try log.write(values)
      surroundings.report(step, values)
    }
    var meter = StepMeter()
    var saved: Int?
    while step < plan.steps, try !shouldStop(surroundings) {
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
        let scores = try group.first { try withoutGradient { try surroundings.measure(try averagedModel(), step) } }
        if let scores, !scores.isEmpty { try tell(scores) }
      }
      if step % plan.schedule.save == 0 {
        try save()
        saved = step
      }
    }
    if saved != step { try save() }
  }

  /// Whether any process was told to stop.
  private func shouldStop(_ surroundings: Surroundings) throws -> Bool {
    let told = surroundings.shouldStop()
    return try group?.any(told) ?? told
  }

  /// One step: forward and backward for each of its batches, clip, update.
  private func advance(_ surroundings: Surroundings, rate: Double, meter: inout StepMeter) throws {
    var gradientSums = Array(repeating: GradientSum(), count: optimisers.phaseCount)
    var loss = 0.0
    var parts: [String: Double] = [:]
    for part in 0..<batchNumbers.perStep {
      let number = batchNumbers[step * batchNumbers.perStep + part]
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
        try gradientSums[phase].add(
          parameters.gradients(of: phaseLoss, at: optimisers.indices(phase: phase), idle: task.mayBeIdle))
      }
      loss += try losses.byPhase[0].item()
      for (name, value) in losses.parts { parts[name, default: 0] += try value.item() }
    }
    let names = parts.keys.sorted()
    var sums = [loss] + names.map { parts[$0] ?? 0 }
    if let group { sums = try group.sum(sums) }
    let means = sums.map { $0 / Double(plan.optimiser.accumulation) }
    loss = means[0]
    for (name, value) in zip(names, means.dropFirst()) { meter.add(name, value) }
    var gradients: [[Tensor]] = []
    for phase in gradientSums.indices {
      let mean = try gradientSums[phase].mean(over: group)
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

  private func save() throws { _ = try group.first { try write() } }

  private func write() throws {
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
