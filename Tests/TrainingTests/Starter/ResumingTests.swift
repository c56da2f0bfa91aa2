import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch
import Training

/// A run that is stopped, killed or continued must not be told from one that went straight through.
struct ResumingTests {
  struct Interruption: Error {}

  @Test(arguments: [DType.float32, .bfloat16])
  func threeStepsAndThreeAreSix(dtype: DType) throws {
    var straight = try TinyRun()
    straight.dtype = dtype
    try straight.train()
    var broken = try TinyRun()
    broken.dtype = dtype
    #expect(try broken.train(stopAfter: 3).stepsDone == 3)
    #expect(try broken.train(resume: true).stepsDone == 6)
    // Weights, averages and the optimiser's memory, byte for byte; and what is shipped.
    for name in ["state.safetensors", "model/unet/diffusion_pytorch_model.safetensors"] {
      #expect(try broken.bytes(name) == straight.bytes(name), "\(name)")
    }
    #expect(
      try broken.log().compactMap { $0["loss"] as? Double } == straight.log().compactMap { $0["loss"] as? Double })
    #expect(try TrainingState(path: straight.statePath).step == 6)
  }

  @Test func aRunBeginsWithAnotherModel() throws {
    let first = try TinyRun()
    try first.train()
    var second = try TinyRun()
    second.recipe.start = first.recipe.output + "/model"
    let trainer = try second.train(stopAfter: 0)
    #expect(trainer.stepsDone == 0)
    let name = "model/unet/diffusion_pytorch_model.safetensors"
    #expect(try second.bytes(name) == first.bytes(name))
    #expect(try second.train(resume: true).stepsDone == 6)
    #expect(try second.bytes(name) != first.bytes(name))
  }

  @Test func aBeginningOfAnotherModelIsRefused() throws {
    let first = try TinyRun()
    try first.train(stopAfter: 1)
    var second = try TinyRun()
    second.recipe.start = first.recipe.output + "/model"
    second.recipe.model.network.blockOutChannels[0] *= 2
    #expect { try second.trainer() } throws: { error in
      "\(error)".contains("stored weights") && "\(error)".contains("conv_in.weight")
    }
    second.recipe.start = first.folder.file("nowhere")
    #expect(throws: CheckpointError.self) { try second.trainer() }
  }

  @Test func aRequestToStopSaves() throws {
    let run = try TinyRun()
    let trainer = try run.train(stopAfter: 2)
    #expect(trainer.stepsDone == 2)
    #expect(try TrainingState(path: run.statePath).step == 2)
    #expect(try StarterFolder.load(run.recipe.output + "/model", dtype: .float32, device: .cpu).dtype == .float32)
    #expect(try run.log().count == 2)
  }

  @Test func aKilledRunGoesOnFromItsLastState() throws {
    let straight = try TinyRun()
    try straight.train()
    var killed = try TinyRun()
    killed.recipe.schedule.save = 2
    #expect(throws: Interruption.self) {
      try killed.train(batch: { step in
        if step == 5 { throw Interruption() }
        return try TinyRun.batch(step)
      })
    }
    #expect(try TrainingState(path: killed.statePath).step == 4)
    // Five steps were logged, and a sixth line broke off; steps after the state will be done and logged again.
    #expect(try killed.log().count == 5)
    let log = FileHandle(forWritingAtPath: killed.recipe.output + "/log.jsonl")
    try log?.seekToEnd()
    try log?.write(contentsOf: Data(#"{"step":6,"lo"#.utf8))
    try log?.close()
    try killed.train(resume: true)
    #expect(try killed.bytes("state.safetensors") == straight.bytes("state.safetensors"))
    #expect(try killed.log().compactMap { $0["step"] as? Int } == [1, 2, 3, 4, 5, 6])
    let files = try #require(FileManager.default.enumerator(atPath: killed.recipe.output)).allObjects
    #expect(files.compactMap { $0 as? String }.filter { $0.hasSuffix(".partial") } == [])
  }

  /// A state whose writing fails must leave the former one.
  @Test func aStateIsReplacedOnlyOnceItIsWhole() throws {
    let run = try TinyRun()
    try run.train(stopAfter: 2)
    let former = try run.bytes("state.safetensors")
    var state = try TrainingState(path: run.statePath)
    state.step = 99
    // On the meta device a tensor has a shape and nothing to write.
    state.tensors["weights/broken"] = try .empty([4], device: .meta)
    #expect(throws: (any Error).self) { try state.write(to: run.statePath) }
    #expect(try run.bytes("state.safetensors") == former)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run.recipe.output).sorted() == [
        "log.jsonl", "model", "state.safetensors",
      ])
  }

  @Test func resumingNothingBegins() throws {
    let run = try TinyRun()
    #expect(try run.train(resume: true).stepsDone == 6)
  }

  @Test func aFinishedRunStaysAsItIs() throws {
    let run = try TinyRun()
    try run.train()
    let (state, log) = (try run.bytes("state.safetensors"), try run.bytes("log.jsonl"))
    #expect(try run.train(resume: true, batch: { _ in throw Interruption() }).stepsDone == 6)
    #expect(try run.bytes("state.safetensors") == state)
    #expect(try run.bytes("log.jsonl") == log)
  }

  @Test func aNewRunDoesNotWriteOverAnOldOne() throws {
    let run = try TinyRun()
    try run.train(stopAfter: 1)
    let former = try run.bytes("state.safetensors")
    let error = #expect(throws: TrainingError.self) { try run.train() }
    #expect(
      error?.message
        == "starting a run in '\(run.recipe.output)': the folder holds a run already; go on with --resume, name another "
        + "'output' in the recipe, or remove '\(run.statePath)'")
    #expect(try run.bytes("state.safetensors") == former)
  }

  // MARK: States that do not fit

  /// What resuming says after the recipe or the state was changed; the state must stay as it is.
  private func refusal(
    _ run: TinyRun, recipe change: (inout StarterRecipe) -> Void = { _ in },
    state edit: (inout TrainingState) throws -> Void = { _ in }
  ) throws -> String {
    try run.train(stopAfter: 1)
    var state = try TrainingState(path: run.statePath)
    state.tensors = try state.tensors.mapValues { try $0.cloned() }
    try edit(&state)
    try state.write(to: run.statePath)
    let former = try run.bytes("state.safetensors")
    var other = run
    change(&other.recipe)
    defer { #expect((try? run.bytes("state.safetensors")) == former) }
    do {
      try other.train(resume: true)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func anotherModelIsRefused() throws {
    let run = try TinyRun()
    // The shapes are the same: only the state's own record tells.
    #expect(
      try refusal(run) { $0.model.network.normGroups = 4 }
        == "resuming from '\(run.statePath)': it is the state of another model (model.network.norm_num_groups was 2 and is 4); "
        + "go back to the former recipe, or name another 'output' for a new run")
  }

  @Test func severalDifferencesAreAllNamed() throws {
    let run = try TinyRun()
    let words = try refusal(run) {
      $0.kind = "other"
      $0.model.scale = 2
      $0.model.network.blockOutChannels = [4, 6]
    }
    #expect(
      words.contains(
        "(kind was starter and is other; model.network.block_out_channels was [4,8] and is [4,6]; model.scale was 4 and is 2)"
      ),
      "\(words)")
  }

  @Test func whatMayChangeMay() throws {
    let run = try TinyRun()
    let words = try refusal(run) {
      $0.steps = 8
      $0.optimiser.rate = 1e-4
      $0.data.batch = 4
      $0.objective.first = 0.9
      $0.model.refinementWeight = 0.1
      $0.schedule.save = 3
      $0.steps = 1
    }
    #expect(words == "nothing")
  }

  @Test func aStateOfTheFirstVersionIsHeldToItsShapes() throws {
    let run = try TinyRun()
    let words = try refusal(
      run, recipe: { $0.model.network.blockOutChannels = [4, 6] }, state: { $0.recipe = "starter" })
    #expect(
      words.hasPrefix("loading the starter's stored weights from \(run.statePath): of another shape: "), "\(words)")
    #expect(words.contains("instead of"))
  }

  @Test func aStateOfAnotherKindIsRefused() throws {
    let run = try TinyRun()
    #expect(
      try refusal(run, state: { $0.recipe = "controlnet" })
        == "resuming from '\(run.statePath)': it is a state of the kind 'controlnet', not 'starter'")
    let garbled = try TinyRun()
    #expect(
      try refusal(garbled, state: { $0.recipe = "{" })
        .hasPrefix("resuming from '\(garbled.statePath)': what it says of its run cannot be read: "))
  }

  @Test(arguments: [
    ("weights/", "loading the starter's stored weights from "), ("average/", "resuming: the state has no average of '"),
    ("optimiser/square/", "resuming AdamW: the checkpoint has no 'square/"),
  ])
  func aMissingPartIsNamed(part: String, beginning: String) throws {
    let words = try refusal(
      TinyRun(),
      state: { state in
        state.tensors[part + "unet.conv_in.bias"] = nil
      })
    #expect(words.hasPrefix(beginning) && words.contains("unet.conv_in.bias"), "\(words)")
  }

  @Test func aDamagedStateIsNotBegunAnew() throws {
    let run = try TinyRun()
    try run.train(stopAfter: 1)
    let whole = try run.bytes("state.safetensors")
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: run.statePath))
    let error = #expect(throws: CheckpointError.self) { try run.train(resume: true) }
    #expect(error?.code == .truncated)
    #expect(try run.bytes("state.safetensors").count == whole.count / 2)
  }
}
