import Checkpoints
import Foundation
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

struct StarterFolderTests {
  /// The error of a load.
  static func failure(_ folder: String) -> CheckpointError? {
    do {
      _ = try StarterFolder.load(folder, dtype: .float32, device: .cpu)
      return nil
    } catch { return error as? CheckpointError }
  }

  @Test func roundTrip() throws {
    let folder = try TemporaryFolder()
    let model = try TinyStarter { $0.refinementWeight = 0.25 }
    try model.write(to: folder.file("deep/model"))
    let path = folder.file("deep/model")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["controlnet", "model.json", "unet"])

    let config = try StarterFolder.config(of: path)
    #expect(config.refinementWeight == 0.25)
    #expect(config.times == [999, 749, 499, 249])
    #expect(config.network.blockOutChannels == [8, 8, 16])
    // Weights are stored in float16 and load into whatever is asked for.
    for component in ["unet", "controlnet"] {
      let stored = try openCheckpoint(path + "/" + component)
      let prefix = component + "."
      let wanted = model.parameters.filter { $0.key.hasPrefix(prefix) }
      #expect(Set(stored.keys.map { prefix + $0 }) == Set(wanted.keys))
      for (key, tensor) in wanted {
        let found = try stored.tensor(String(key.dropFirst(prefix.count)))
        #expect(found.dtype == .float16)
        #expect(try Difference(found, tensor, absolute: 1e-6, relative: 1e-3).isClose, "\(key)")
      }
    }
    let network = try StarterFolder.load(path, dtype: .bfloat16, device: .cpu)
    #expect(network.dtype == .bfloat16)

    let canvas = try StarterRestorerTests.canvas(32, 32)
    let restored = try StarterRestorer(StarterFolder.load(path, dtype: .float32, device: .cpu)).restore(
      RestorationInput(enlarged_BCHW: canvas), RestorationRequest(), tile: nil, monitor: .silent)
    let original = try model.restorer().restore(
      RestorationInput(enlarged_BCHW: canvas), RestorationRequest(fidelity: 0.75), tile: nil, monitor: .silent)
    #expect(try Difference(restored, original, absolute: 0.02, relative: 0).isClose)
  }

  @Test func theRegistryKnowsAFolder() throws {
    let folder = try TemporaryFolder()
    #expect(RestorerRegistry.entry(recognising: folder.path) == nil)
    try TinyStarter().write(to: folder.path)
    let entry = try #require(RestorerRegistry.entry(recognising: folder.path))
    #expect(entry.name == "starter")
    #expect(try entry.load(folder.path, .float32, .cpu).scale == 4)
    #expect(RestorerRegistry.entry(named: "starter") != nil && RestorerRegistry.entry(named: "x") == nil)
    #expect(Set(RestorerRegistry.entries.map(\.name)).count == RestorerRegistry.entries.count)
  }

  @Test func whatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let nowhere = Self.failure(folder.file("nowhere"))
    #expect(nowhere?.code == .unreadable)
    #expect(nowhere?.message.contains("it has no readable model.json; a starter model is a folder with") == true)
    try TinyStarter().write(to: folder.path)
    try FileManager.default.removeItem(atPath: folder.file("controlnet"))
    let half = Self.failure(folder.path)
    #expect(half?.code == .unreadable)
    #expect(half?.message.contains("controlnet") == true, "\(half?.message ?? "")")
  }

  /// The weights of a model of other sizes.
  @Test func anotherModelsWeights() throws {
    let folder = try TemporaryFolder()
    try TinyStarter { $0.network.blockOutChannels = [8, 8, 8] }.write(to: folder.file("other"))
    try TinyStarter().write(to: folder.file("model"))
    try FileManager.default.removeItem(atPath: folder.file("model/unet"))
    try FileManager.default.copyItem(atPath: folder.file("other/unet"), toPath: folder.file("model/unet"))
    let error = Self.failure(folder.file("model"))
    #expect(error?.code == .mismatch)
    #expect(
      error?.message.contains("unet.down_blocks.2.resnets.0.conv1.bias [8] instead of [16]") == true,
      "\(error?.message ?? "")")
  }

  @Test func weightsCutShort() throws {
    let folder = try TemporaryFolder()
    try TinyStarter().write(to: folder.path)
    let path = folder.file("unet/diffusion_pytorch_model.safetensors")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try folder.write(bytes.prefix(bytes.count / 2), to: "unet/diffusion_pytorch_model.safetensors")
    #expect(Self.failure(folder.path)?.code == .truncated)
  }

  @Test(arguments: [
    ("", "the file"), ("{", "the file"), ("[]", "not a value of type"), ("{}", "it has no 'network'"),
    (#"{"_class_name": "UNet2DConditionModel"}"#, "it has no 'network'; is this another program's model?"),
    (#"{"network": {}, "scale": "four"}"#, "'scale' is not a value of type Int"),
  ])
  func modelFilesOfOtherKinds(text: String, words: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text.utf8, to: "model.json")
    let error = Self.failure(folder.path)
    #expect(error?.code == .malformed)
    #expect(error?.message.contains(folder.file("model.json")) == true)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [Float.nan, .infinity, 1e6]) func weightsThatAreNoNumbersAreNotWritten(value: Float) throws {
    let folder = try TemporaryFolder()
    let model = try TinyStarter()
    try model.write(to: folder.path)
    var parameters = model.parameters
    parameters["controlnet.conv_in.bias"] = try Tensor([Float](repeating: value, count: 8))
    let error = #expect(throws: CheckpointError.self) {
      try StarterFolder.write(parameters, model.config, to: folder.path)
    }
    #expect(error?.code == .unwritable)
    #expect(error?.message.contains("'controlnet.conv_in.bias' holds NaN or a number beyond float16's range") == true)
    // The model that was there still is.
    #expect(Self.failure(folder.path) == nil)
  }

  @Test func aPlaceThatCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "file")
    let error = #expect(throws: CheckpointError.self) { try TinyStarter().write(to: folder.file("file/model")) }
    #expect(error?.code == .unwritable)
    #expect(error?.message.contains("file/model") == true)
  }
}
