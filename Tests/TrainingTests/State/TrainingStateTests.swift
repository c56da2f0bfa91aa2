import Checkpoints
import TestSupport
import Testing
import Torch
import Training

struct TrainingStateTests {
  @Test func whatIsWrittenIsReadAgain() throws {
    let folder = try TemporaryFolder()
    let tensors = ["weights/a": try Tensor([Float(1), 2]), "optimiser/step/a": try Tensor([Float(7)], [])]
    try TrainingState(step: 12, tensors: tensors, recipe: "starter").write(to: folder.file("s"))
    let state = try TrainingState(path: folder.file("s"))
    #expect(state.step == 12 && state.recipe == "starter")
    #expect(try state.part("weights/").mapValues { try $0.floats() } == ["a": [1, 2]])
    #expect(try #require(state.part("optimiser/")["step/a"]).item() == 7)
    #expect(state.part("average/").isEmpty)
    // The layout that stored runs have.
    let file = try SafetensorsFile(path: folder.file("s"))
    #expect(file.metadata["burnish.step"] == "12" && file.metadata["burnish.recipe"] == "starter")
  }

  @Test(arguments: [[:], ["burnish.step": "many"], ["burnish.step": "-1"]])
  func otherFilesAreNoStates(metadata: [String: String]) throws {
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(["a": Tensor([Float(1)])], metadata: metadata, to: folder.file("s"))
    let error = #expect(throws: TrainingError.self) { try TrainingState(path: folder.file("s")) }
    #expect(
      error?.message
        == "resuming from '\(folder.file("s"))': it holds no training state (no burnish.step in its metadata)")
  }

  @Test func parametersAreLeavesOfTheirOwn() throws {
    let given = [
      "b": try Tensor([Float(1), 2]).to(.bfloat16), "a": try Tensor.ones([2, 3, 1, 1]).contiguous(.channelsLast),
    ]
    let parameters = try TrainableParameters(given)
    #expect(parameters.names == ["a", "b"] && parameters.count == 8)
    for tensor in parameters.tensors {
      #expect(tensor.requiresGradient && tensor.dtype == .float32 && tensor.isContiguous)
      #expect(!given.values.contains { $0.sharesMemory(with: tensor) })
    }
    #expect(Set(parameters.named(prefix: "weights/").keys) == ["weights/a", "weights/b"])
    let others = [try Tensor([Float(5)]), try Tensor([Float(6)])]
    #expect(try #require(parameters.named(others)["b"]).item() == 6)
  }

  @Test func gradientsFlowThroughTheShortType() throws {
    let parameters = try TrainableParameters(["a": Tensor([Float(1), 2])])
    let short = try parameters.converted(to: .bfloat16)
    let value = try #require(short.tensors["a"])
    #expect(value.dtype == .bfloat16)
    let found = try parameters.gradients(of: (value * 3).sum())
    #expect(found[0].dtype == .float32)
    #expect(try found[0].floats() == [3, 3])
  }

  @Test func aParameterThatTheLossDoesNotReachIsNamed() throws {
    let parameters = try TrainableParameters(["used": Tensor([Float(1)]), "idle": Tensor([Float(1)])])
    let error = #expect(throws: TorchError.self) {
      try parameters.gradients(of: #require(parameters.named()["used"]).sum())
    }
    #expect(error?.message == "the loss does not depend on the parameter 'idle'")
  }
}
