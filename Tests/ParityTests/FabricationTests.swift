import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

@testable import parity

struct FabricationTests {
  let folder: TemporaryFolder

  init() throws {
    try Machine.setThreadCount(1)
    folder = try TemporaryFolder()
  }

  private static let config =
    #""config": {"block_out_channels": [8, 16], "norm_num_groups": 4, "layers_per_block": 1}"#

  /// The layout of a small autoencoder.
  private func manifest() throws -> Manifest {
    let config = try JSONDecoder().decode(AutoencoderKLConfig.self, from: Data("{\(Self.config)}".utf8))
    let recorder = ParameterRecorder()
    _ = try AutoencoderKL(ParameterLoader(recorder).root, config)
    return try manifest(recorder.shapes)
  }

  private func manifest(_ shapes: [String: [Int]]) throws -> Manifest {
    let tensors = shapes.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    let text = "{\"component\": \"autoencoder-kl\", \(Self.config), \"tensors\": {\(tensors)}}"
    return try Manifest(path: try folder.write(text.utf8, to: "manifest.json"))
  }

  /// What a reader wants to be told stands in the manifest.
  @Test func theManifestsMetadataIsWritten() throws {
    let text =
      "{\"component\": \"x\", \"tensors\": {\"a\": [2]}, \"metadata\": {\"kind\": \"adapter\", \"format\": \"np\"}}"
    let written = try write(Manifest(path: try folder.write(text.utf8, to: "told.json")))
    #expect(written.metadata["kind"] == "adapter")
    #expect(written.metadata["format"] == "pt")
    #expect(written.metadata["fabricated"] == "random weights, seed 0")
  }

  private func write(_ manifest: Manifest, seed: UInt64 = 0, dtype: DType = .bfloat16) throws -> SafetensorsFile {
    let path = folder.file("weights-\(seed)-\(dtype)-\(manifest.shapes.count).safetensors")
    try Fabrication(of: manifest, seed: seed, dtype: dtype).write(to: path)
    return try SafetensorsFile(path: path)
  }

  @Test(arguments: [DType.bfloat16, .float16, .float32])
  func hasThePublishedLayout(dtype: DType) throws {
    let manifest = try manifest()
    let file = try write(manifest, dtype: dtype)
    #expect(file.keys == manifest.keys)
    for key in file.keys {
      #expect(file.shape(of: key) == manifest.shapes[key])
      #expect(file.dtype(of: key) == dtype)
    }
  }

  @Test func dependsOnSeedAndKeyAlone() throws {
    let manifest = try manifest()
    let all = try write(manifest)
    let few = try write(try self.manifest(manifest.shapes.filter { $0.key.contains("decoder.mid") }))
    let other = try write(manifest, seed: 1)
    #expect(few.keys.count > 10 && few.keys.count < all.keys.count)
    for key in few.keys {
      let numbers = try all.tensor(key).floats()
      #expect(try few.tensor(key).floats() == numbers)
      #expect(try other.tensor(key).floats() != numbers)
    }
    let twins = ["decoder.mid_block.resnets.0.conv1.weight", "decoder.mid_block.resnets.0.conv2.weight"]
    #expect(try all.tensor(twins[0]).floats() != all.tensor(twins[1]).floats())
  }

  @Test func keepsActivationsFinite() throws {
    try withoutGradient {
      let file = try write(try manifest(), dtype: .float32)
      let config = try JSONDecoder().decode(AutoencoderKLConfig.self, from: Data("{\(Self.config)}".utf8))
      let autoencoder = try ParameterLoader.load(file, component: "autoencoder") { try AutoencoderKL($0, config) }
      let decoded = try autoencoder.decode(.randn([1, 4, 8, 8], generator: Generator(seed: 1)))
      let power = try decoded.square().mean().item().squareRoot()
      #expect(power > 0.01 && power < 100)
    }
  }

  struct Draw: Sendable {
    let key: String
    let shape: [Int]
    let mean: Double
    let deviation: Double
  }

  @Test(arguments: [
    Draw(key: "norm1.weight", shape: [64], mean: 1, deviation: 0.02),
    Draw(key: "norm.query_norm.scale", shape: [128], mean: 1, deviation: 0.02),
    Draw(key: "conv.bias", shape: [64], mean: 0, deviation: 0.02),
    Draw(key: "conv.weight", shape: [8, 16, 3, 3], mean: 0, deviation: 1.0 / 12),
    Draw(key: "proj.weight", shape: [8, 100], mean: 0, deviation: 0.1),
    Draw(key: "logit_scale", shape: [], mean: 0, deviation: 0.02),
    Draw(key: "pos_embed.pos_embed", shape: [1, 9, 4], mean: 0, deviation: 0.02),
  ])
  func drawsByKindOfLayer(_ draw: Draw) {
    let found = Fabrication.distribution(draw.key, draw.shape)
    #expect(found.mean == draw.mean)
    #expect(abs(found.deviation - draw.deviation) < 1e-12)
  }
}
