import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

/// The two spellings against layouts of published checkpoints: `Tests/Fixtures/Manifests/README.md`.
struct KeyMapTests {
  /// Sizes by key.
  private func layout(_ name: String, prefix: String = "", without part: String? = nil) throws -> [String: [Int]] {
    let json = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/\(name).json")))
    let root = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    let tensors = try #require(root["tensors"] as? [String: [Int]])
    return Dictionary(
      uniqueKeysWithValues: tensors.filter { key, _ in
        key.hasPrefix(prefix) && part.map { !key.contains($0) } ?? true
      }.map { (String($0.dropFirst(prefix.count)), $1) })
  }

  private func expectSame(_ found: [String: [Int]], _ expected: [String: [Int]]) {
    let missing = expected.keys.filter { found[$0] == nil }.sorted()
    let other = found.keys.filter { expected[$0] != found[$0] }.sorted()
    #expect(missing.isEmpty && other.isEmpty, "missing \(missing.prefix(4)), other \(other.prefix(4))")
    #expect(found.count == expected.count)
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    let network: String
    let file: String
    let prefix: String
    let count: Int
    var testDescription: String { "\(network) of \(file)" }
  }

  static let pairs = [
    Pair(network: "sd21-base-unet", file: "stablesr", prefix: "model.diffusion_model.", count: 686),
    Pair(network: "sd21-base-vae", file: "stablesr", prefix: "first_stage_model.", count: 248),
    Pair(network: "sd21-base-vae", file: "stablesr-cfw", prefix: "", count: 248),
  ]

  @Test(arguments: pairs)
  func bothDirectionsMeetThePublishedLayouts(_ pair: Pair) throws {
    let map = pair.network.hasSuffix("unet") ? KeyMap.latentDiffusionUNet() : .latentDiffusionAutoencoder()
    // What StableSR adds is in no other file.
    let stored = try layout(pair.file, prefix: pair.prefix, without: pair.file == "stablesr" ? ".spade." : ".fusion_")
    let named = try layout(pair.network)
    #expect(named.count == pair.count)
    expectSame(
      Dictionary(uniqueKeysWithValues: named.map { (map.stored(of: $0), map.storedShape(of: $0, $1)) }), stored)
    for key in stored.keys {
      #expect(named[map.name(of: key)] != nil, "\(key)")
      #expect(map.stored(of: map.name(of: key)) == key)
    }
    let source = map.reading(ParameterDictionary(try stored.mapValues { try .empty($0, device: .meta) }))
    #expect(source.keys == Set(named.keys))
    for (key, shape) in named {
      let found = try #require(try source.parameter(key, ParameterRequest(shape: shape, initial: .zeros)))
      #expect(found.shape == shape, "\(key)")
    }
    let written = try map.writing(try named.mapValues { try .empty($0, device: .meta) })
    expectSame(written.mapValues(\.shape), stored)
  }

  @Test(arguments: [
    ("input_blocks.0.0.weight", "conv_in.weight"),
    ("input_blocks.3.0.op.bias", "down_blocks.0.downsamplers.0.conv.bias"),
    ("input_blocks.8.1.proj_in.weight", "down_blocks.2.attentions.1.proj_in.weight"),
    ("input_blocks.11.0.in_layers.2.weight", "down_blocks.3.resnets.1.conv1.weight"),
    ("input_blocks.7.0.spade.mlp_shared.0.weight", "down_blocks.2.resnets.0.spade.mlp_shared.0.weight"),
    ("middle_block.2.emb_layers.1.bias", "mid_block.resnets.1.time_emb_proj.bias"),
    ("output_blocks.2.1.conv.weight", "up_blocks.0.upsamplers.0.conv.weight"),
    ("output_blocks.5.2.conv.weight", "up_blocks.1.upsamplers.0.conv.weight"),
    ("output_blocks.9.0.skip_connection.weight", "up_blocks.3.resnets.0.conv_shortcut.weight"),
    (
      "output_blocks.3.1.transformer_blocks.0.attn2.to_k.weight",
      "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"
    ),
    ("time_embed.2.weight", "time_embedding.linear_2.weight"), ("out.2.bias", "conv_out.bias"),
  ])
  func someKeysOfTheUNet(stored: String, name: String) {
    let map = KeyMap.latentDiffusionUNet()
    #expect(map.name(of: stored) == name)
    #expect(map.stored(of: name) == stored)
  }

  /// SDXL: three levels, of which the coarsest attends too.
  @Test func upsamplersStandBehindTransformers() {
    let map = KeyMap.latentDiffusionUNet(levels: 3, attendingLevels: [1, 2])
    #expect(map.name(of: "output_blocks.2.2.conv.weight") == "up_blocks.0.upsamplers.0.conv.weight")
    #expect(map.name(of: "output_blocks.5.2.conv.weight") == "up_blocks.1.upsamplers.0.conv.weight")
    #expect(map.name(of: "output_blocks.2.1.norm.weight") == "up_blocks.0.attentions.2.norm.weight")
    #expect(map.stored(of: "add_embedding.linear_2.bias") == "label_emb.0.2.bias")
  }

  @Test func convolutionsThatAreLinearLayersLoseTheirAxes() throws {
    let map = KeyMap.latentDiffusionAutoencoder()
    let name = "encoder.mid_block.attentions.0.to_out.0.weight"
    #expect(map.storedShape(of: name, [4, 4]) == [4, 4, 1, 1])
    #expect(map.storedShape(of: "encoder.mid_block.attentions.0.to_out.0.bias", [4]) == [4])
    let weight = try Tensor.arange(0, 16).reshaped([4, 4, 1, 1])
    let source = map.reading(ParameterDictionary(["encoder.mid.attn_1.proj_out.weight": weight]))
    let found = try #require(try source.parameter(name, ParameterRequest(shape: [4, 4], initial: .zeros)))
    #expect(found.shape == [4, 4])
    #expect(try found.floats() == weight.floats())
    let written = try map.writing([name: found])
    #expect(written["encoder.mid.attn_1.proj_out.weight"]?.shape == [4, 4, 1, 1])
  }

  @Test func aNetworkUnderAModuleFollowsIt() {
    let map = KeyMap.latentDiffusionAutoencoder().under(stored: "first_stage_model", name: "vae")
    #expect(
      map.name(of: "first_stage_model.decoder.up.3.block.1.norm1.bias")
        == "vae.decoder.up_blocks.0.resnets.1.norm1.bias")
    #expect(map.name(of: "first_stage_model.quant_conv.weight") == "vae.quant_conv.weight")
    #expect(map.stored(of: "vae.encoder.conv_norm_out.bias") == "first_stage_model.encoder.norm_out.bias")
    #expect(map.name(of: "model_ema.decay") == "model_ema.decay")
  }

  @Test func keysWithoutAnEntryStayAndShow() {
    let map = KeyMap([.init("a.b", "x")])
    #expect(map.name(of: "a.b.c") == "x.c")
    #expect(map.name(of: "a.bc") == "a.bc")
    let source = map.reading(ParameterDictionary([:])).keys
    #expect(source.isEmpty)
  }

  @Test func keysOfNoUseAreNotSeen() throws {
    let file = ParameterDictionary(["a.w": try .zeros([1]), "loss.w": try .zeros([1]), "more": try .zeros([1])])
    #expect(KeyMap([.init("a", "b")]).reading(file) { $0.hasPrefix("loss.") }.keys == ["b.w", "more"])
  }
}
