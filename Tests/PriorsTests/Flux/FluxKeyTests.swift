import Checkpoints
import Priors
import Testing
import Torch

/// Files of the original authors.
struct FluxKeyTests {
  /// The fixture's weights as the authors' files have them: stacked projections, and shift before scale.
  private func original(_ weights: [String: Tensor], _ config: FluxTransformerConfig) throws -> [String: Tensor] {
    let origins = config.originalKeys.origins
    #expect(Set(origins.keys) == Set(weights.keys))
    var stored: [String: Tensor] = [:]
    for (name, origin) in origins {
      var tensor = try #require(weights[name], "\(name)")
      if origin.change == .halvesSwapped { tensor = try .concatenated(tensor.chunks(2, axis: 0).reversed(), axis: 0) }
      guard let rows = origin.rows else {
        stored[origin.key] = tensor
        continue
      }
      if stored[origin.key] == nil {
        let height = origins.values.filter { $0.key == origin.key }.compactMap(\.rows?.upperBound).max() ?? 0
        stored[origin.key] = try .zeros([height] + tensor.shape.dropFirst())
      }
      try #require(stored[origin.key]).narrowed(0, from: rows.lowerBound, length: rows.count).copy(inPlace: tensor)
    }
    return stored
  }

  @Test(arguments: [FluxFixture.dev, FluxFixture.schnell], ["", FluxKeyMap.prefix])
  func theAuthorsFilesAnswerTheSame(_ name: String, _ prefix: String) throws {
    let fixture = try FluxFixture(name)
    let config = try fixture.config()
    let stored = try original(fixture.weights(), config)
    let file = ParameterDictionary(
      Dictionary(uniqueKeysWithValues: stored.map { (prefix + $0.key, $0.value) }))
    #expect(FluxKeyMap.prefix(in: file.keys) == prefix)
    let network = try fixture.network(config.originalKeys.source(PrefixedSource(file, prefix: prefix)))
    #expect(try fixture.agrees(fixture.answer(network)))
  }

  @Test func diffusersKeysAreNotTheAuthors() throws {
    #expect(FluxKeyMap.prefix(in: Set(try FluxFixture().weights().keys)) == nil)
  }

  /// Names of a published file, by hand.
  @Test func someNamesOfTheAuthors() {
    let origins = FluxTransformerConfig.dev.originalKeys.origins
    let (double, single) = ("transformer_blocks.4", "single_transformer_blocks.37")
    for (name, origin) in [
      ("x_embedder.weight", RenamedSource.Origin("img_in.weight")),
      ("time_text_embed.text_embedder.linear_2.bias", .init("vector_in.out_layer.bias")),
      ("time_text_embed.guidance_embedder.linear_1.weight", .init("guidance_in.in_layer.weight")),
      ("\(double).norm1_context.linear.weight", .init("double_blocks.4.txt_mod.lin.weight")),
      ("\(double).attn.to_k.weight", .init("double_blocks.4.img_attn.qkv.weight", rows: 3072..<6144)),
      ("\(double).attn.add_v_proj.bias", .init("double_blocks.4.txt_attn.qkv.bias", rows: 6144..<9216)),
      ("\(double).attn.norm_added_q.weight", .init("double_blocks.4.txt_attn.norm.query_norm.scale")),
      ("\(double).attn.to_add_out.weight", .init("double_blocks.4.txt_attn.proj.weight")),
      ("\(double).ff_context.net.2.bias", .init("double_blocks.4.txt_mlp.2.bias")),
      ("\(single).norm.linear.weight", .init("single_blocks.37.modulation.lin.weight")),
      ("\(single).attn.to_v.weight", .init("single_blocks.37.linear1.weight", rows: 6144..<9216)),
      ("\(single).proj_mlp.bias", .init("single_blocks.37.linear1.bias", rows: 9216..<21504)),
      ("\(single).attn.norm_k.weight", .init("single_blocks.37.norm.key_norm.scale")),
      ("\(single).proj_out.weight", .init("single_blocks.37.linear2.weight")),
      ("norm_out.linear.bias", .init("final_layer.adaLN_modulation.1.bias", change: .halvesSwapped)),
      ("proj_out.weight", .init("final_layer.linear.weight")),
    ] { #expect(origins[name] == origin, "\(name)") }
  }

  /// The published single files have 780 (dev) and 776 (schnell) tensors, diffusers' 1160 and 1156.
  @Test(arguments: [(FluxTransformerConfig.dev, 780, 1160), (.schnell, 776, 1156)])
  func countsThePublishedFiles(config: FluxTransformerConfig, stored: Int, names: Int) {
    let origins = config.originalKeys.origins
    #expect(Set(origins.values.map(\.key)).count == stored)
    #expect(origins.count == names)
  }
}
