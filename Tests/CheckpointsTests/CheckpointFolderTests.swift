import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct CheckpointFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What is in a folder, the variant asked for, and the file that is meant.
  @Test(
    arguments: [
      (["config.json", "diffusion_pytorch_model.safetensors"], nil, "diffusion_pytorch_model.safetensors"),
      (["model.safetensors"], nil, "model.safetensors"),
      (["pytorch_lora_weights.safetensors", "a.txt"], nil, "pytorch_lora_weights.safetensors"),
      (["diffusion_pytorch_model.fp16.safetensors"], nil, "diffusion_pytorch_model.fp16.safetensors"),
      (["model.fp16.safetensors", "model.safetensors"], nil, "model.safetensors"),
      (["model.fp16.safetensors", "model.safetensors"], "fp16", "model.fp16.safetensors"),
      (["model.bf16.safetensors", "model.fp16.safetensors"], nil, "model.fp16.safetensors"),
      (["model.bf16.safetensors"], nil, "model.bf16.safetensors"),
      (["model.non_ema.safetensors", "model.fp16.safetensors"], "non_ema", "model.non_ema.safetensors"),
      (["model.safetensors", "model.safetensors.index.json"], nil, "model.safetensors"),
      (["model-00001-of-00002.safetensors", "model.safetensors.index.json"], nil, "model.safetensors.index.json"),
      (["model.safetensors.index.fp16.json"], "fp16", "model.safetensors.index.fp16.json"),
      (["model.fp16.safetensors.index.json"], "fp16", "model.fp16.safetensors.index.json"),
      (["model.safetensors.index.fp16.json"], nil, "model.safetensors.index.fp16.json"),
      (["mine.safetensors", "README.md"], nil, "mine.safetensors"),
      (["pytorch_model.bin", "model.safetensors"], nil, "model.safetensors"),
      (["pytorch_model.bin", "mine.safetensors"], nil, "pytorch_model.bin"),
      (["diffusion_pytorch_model.fp16.bin"], nil, "diffusion_pytorch_model.fp16.bin"),
      (["pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json"], nil, "pytorch_model.bin.index.json"),
      (["mine.ckpt", "README.md"], nil, "mine.ckpt"),
    ] as [([String], String?, String)])
  func findsTheFileThatIsMeant(_ files: [String], _ variant: String?, _ expected: String) throws {
    for file in files { try folder.write([], to: file) }
    for path in [folder.path, folder.path + "/"] {
      #expect(try CheckpointFolder(path: path).file(variant: variant) == folder.file(expected))
    }
  }

  @Test(
    arguments: [
      ([], nil, "it holds no weights at all, fetch them with `burnish models pull`."),
      (["config.json"], nil, "it holds no weights at all"),
      (["a.safetensors", "b.safetensors"], nil, "there are 'a.safetensors', 'b.safetensors': name one of them."),
      (
        ["model-00001-of-00002.safetensors"], nil,
        "there are shards ('model-00001-of-00002.safetensors') but no index, run `burnish models verify`."
      ),
      (["x.pt", "x.ckpt"], nil, "there are 'x.ckpt', 'x.pt': name one of them."),
      (["model.safetensors"], "fp16", "looked for diffusion_pytorch_model.fp16.safetensors, "),
      (["model.safetensors"], "fp16", "there are 'model.safetensors': name one of them."),
      (["model.non_ema.safetensors", "x.safetensors"], nil, "name one of them."),
      ((1...9).map { "\($0).safetensors" }, nil, "'4.safetensors', … (9 in all): name one of them."),
    ] as [([String], String?, String)])
  func saysWhatItLookedFor(_ files: [String], _ variant: String?, _ words: String) throws {
    for file in files { try folder.write([], to: file) }
    let error = try #require(throws: CheckpointError.self) { try openCheckpoint(folder.path, variant: variant) }
    #expect(error.code == .unreadable)
    #expect(
      error.message.hasPrefix("Could not find a checkpoint in '\(folder.path)': looked for diffusion_pytorch_model."))
    #expect(error.message.contains(words), "\(error.message)")
  }

  @Test func opensFilesFoldersAndIndices() throws {
    let shard = "model-00001-of-00001.safetensors"
    try SafetensorsWriter.write(["a": .ones([2])], to: folder.file(shard))
    try folder.write(Array(#"{"weight_map":{"a":"\#(shard)"}}"#.utf8), to: "model.safetensors.index.json")
    for path in [folder.path, folder.file(shard), folder.file("model.safetensors.index.json")] {
      let checkpoint = try openCheckpoint(path)
      #expect(checkpoint.keys == ["a"])
      #expect(checkpoint.shape(of: "a") == [2])
      #expect(try checkpoint.tensor("a").floats() == [1, 1])
    }
  }

  @Test func opensFilesOfPyTorch() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("TorchFiles/flat.pth")))
    let shard = "pytorch_model-00001-of-00001.bin"
    try folder.write(bytes, to: shard)
    try folder.write(Array(#"{"weight_map":{"conv.bias":"\#(shard)"}}"#.utf8), to: "pytorch_model.bin.index.json")
    for path in [folder.path, folder.file(shard)] {
      #expect(try openCheckpoint(path).keys == ["conv.weight", "conv.bias", "norm.num_batches_tracked"])
    }
  }

  @Test func aPathThatIsNotThereIsNamed() throws {
    let path = folder.file("nothing")
    let error = try #require(throws: CheckpointError.self) { try openCheckpoint(path) }
    #expect(error.message.hasPrefix("Could not open '\(path)': there is no such file"))
    let list = try #require(throws: CheckpointError.self) { try CheckpointFolder(path: path) }
    #expect(list.code == .unreadable)
    #expect(list.message.hasPrefix("Could not list folder '\(path)': "))
  }
}
