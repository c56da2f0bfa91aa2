import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import Training

struct TrainingEngineTests {
  private let folder: TemporaryFolder

  init() throws {
    try useOneThread()
    folder = try TemporaryFolder()
  }

  private func plan(_ change: (inout RunPlan) -> Void = { _ in }) -> RunPlan {
    var plan = RunPlan(output: folder.file("run"), steps: 6)
    plan.optimiser.warmup = 0
    plan.optimiser.rate = 0.1
    plan.optimiser.decay = 0
    plan.schedule.log = 1
    change(&plan)
    return plan
  }

  private static func points(_ number: Int, count: Int = 2) -> ToyTask.Batch {
    (0..<count).map { row in
      let x = Float(number * count + row) / 4
      return (x, 3 * x + 1)
    }
  }

  @discardableResult
  private func train(
    _ plan: RunPlan, _ task: ToyTask = ToyTask(), resume: Bool = false, stopAfter: Int = .max,
    batch: @escaping (Int) -> ToyTask.Batch = { points($0) }
  ) throws -> [[String: Double]] {
    var lines: [[String: Double]] = []
    let engine = try TrainingEngine(task, plan, resume: resume)
    let begin = engine.stepsDone
    try engine.run(
      TrainingSurroundings(
        batch: batch, measure: { _, _ in [:] }, report: { lines.append($1) },
        shouldStop: { engine.stepsDone - begin >= stopAfter }))
    return lines
  }

  private func weights(_ path: String? = nil) throws -> [String: [Float]] {
    try TrainingState(path: path ?? folder.file("run/state.safetensors")).part("weights/").mapValues { try $0.floats() }
  }

  /// Two batches of two rows each are one of four.
  @Test func accumulationIsALargerBatch() throws {
    try train(plan { $0.optimiser.accumulation = 2 })
    let accumulated = try weights()
    var large = plan()
    large.output = folder.file("large")
    try train(large) { Self.points($0, count: 4) }
    let wanted = try weights(folder.file("large/state.safetensors"))
    for (key, values) in wanted {
      #expect(abs((accumulated[key]?.first ?? .nan) - values[0]) < 1e-5, "\(key)")
    }
  }

  @Test func accumulationResumesToTheBit() throws {
    let whole = plan { $0.optimiser.accumulation = 3 }
    try train(whole)
    var broken = whole
    broken.output = folder.file("broken")
    try train(broken, stopAfter: 2)
    try train(broken, resume: true)
    #expect(try weights() == weights(folder.file("broken/state.safetensors")))
  }

  @Test func recomputingChangesNothing() throws {
    try train(plan())
    var other = plan { $0.optimiser.recompute = true }
    other.output = folder.file("other")
    try train(other)
    #expect(try weights() == weights(folder.file("other/state.safetensors")))
  }

  @Test func theLastStatesAreKept() throws {
    try train(
      plan {
        $0.schedule.save = 1
        $0.schedule.keep = 3
      })
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("run/states")).sorted()
    #expect(names == (4...6).map { "step-0000000\($0).safetensors" })
    #expect(try names.map { try TrainingState(path: folder.file("run/states/\($0)")).step } == [4, 5, 6])
    #expect(try TrainingState(path: folder.file("run/state.safetensors")).step == 6)
  }

  @Test func oneStateIsOneFile() throws {
    try train(plan())
    #expect(!FileManager.default.fileExists(atPath: folder.file("run/states")))
  }

  @Test func groupsHaveRatesOfTheirOwn() throws {
    var task = ToyTask()
    task.groups = [
      ParameterGroup("slow", rate: 0) { $0 == "slope" }, ParameterGroup("fast"),
    ]
    try train(plan(), task)
    let found = try weights()
    #expect(found["slope"] == [0] && found["offset"] != [0])
  }

  /// The second player has its own loss, goes into the state and not into the model.
  @Test func phasesHaveLossesOfTheirOwn() throws {
    var task = ToyTask()
    task.groups = [
      ParameterGroup("judge", phase: 1) { $0.hasPrefix("judge.") }, ParameterGroup("line"),
    ]
    try train(plan(), task)
    let state = try TrainingState(path: folder.file("run/state.safetensors"))
    #expect(Set(state.part("weights/").keys) == ["slope", "offset", "judge.weight"])
    #expect(Set(state.part("average/").keys) == ["slope", "offset"])
    #expect(try SafetensorsFile(path: folder.file("run/model/toy.safetensors")).keys == ["slope", "offset"])
    #expect(try weights()["judge.weight"] != [1])
    // The line learns as it does without a judge.
    var alone = plan()
    alone.output = folder.file("alone")
    try train(alone)
    #expect(try weights()["slope"] == weights(folder.file("alone/state.safetensors"))["slope"])
    try train(plan { $0.steps = 8 }, task, resume: true)
    #expect(try TrainingState(path: folder.file("run/state.safetensors")).step == 8)
  }

  @Test func partsOfTheLossAreLogged() throws {
    for line in try train(plan()) {
      #expect(abs((line["half"] ?? .nan) - (line["loss"] ?? .nan) / 2) < 1e-6)
    }
  }

  @Test func groupsMustFitTheParameters() throws {
    var task = ToyTask()
    task.groups = [ParameterGroup("line") { $0 == "slope" }]
    var error = #expect(throws: TrainingError.self) { try train(plan(), task) }
    #expect(error?.message == "preparing the optimiser: no group of parameters takes 'offset'")
    task.groups = [.all, ParameterGroup("nobody") { _ in false }]
    error = #expect(throws: TrainingError.self) { try train(plan(), task) }
    #expect(error?.message == "preparing the optimiser: the group 'nobody' has no parameters")
  }

  @Test func aStateOfAnotherTaskIsRefused() throws {
    try train(plan(), stopAfter: 1)
    var task = ToyTask()
    task.name = "other"
    let error = #expect(throws: TrainingError.self) { try train(plan(), task, resume: true) }
    #expect(error?.message.contains("(kind was toy and is other)") == true)
  }

  @Test(arguments: [
    (LearningRate.Course.constant, [2.0, 2, 2, 2, 2]), (.linear, [2, 1.6, 1.2, 0.8, 0.4]),
  ])
  func coursesGoTheirWay(course: LearningRate.Course, wanted: [Double]) {
    var rate = LearningRate(peak: 2, warmup: 0, steps: 4, course: course)
    rate.floor = 0.2
    #expect(zip(0...4, wanted).allSatisfy { abs(rate.rate(at: $0) - $1) < 1e-12 })
  }
}
