import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// Files of the original authors, and files without a position table.
struct SD3KeyTests {
  /// Positions that the reference stored, and those that are computed when a file has none.
  @Test(arguments: [SD3Fixture.sd3, SD3Fixture.sd35, SD3Fixture.residuals])
  func aFileWithoutPositionsAnswersTheSame(_ name: String) throws {
    let fixture = try SD3Fixture(name)
    var weights = try fixture.weights()
    weights["pos_embed.pos_embed"] = nil
    let network = try fixture.network(ParameterDictionary(weights))
    #expect(try fixture.agrees(fixture.answer(network)))
  }

  /// The fixture's weights as the authors' files have them: stacked projections, and shift before scale.
  private func original(_ weights: [String: Tensor], _ config: SD3TransformerConfig) throws -> [String: Tensor] {
    var stored: [String: Tensor] = [:]
    for (name, origin) in config.originalKeys.origins {
      var tensor = try #require(weights[name], "\(name)")
      if origin.change == .halvesSwapped { tensor = try .concatenated(tensor.chunks(2, axis: 0).reversed(), axis: 0) }
      if let rows = origin.rows {
        var shape = tensor.shape
        shape[0] *= 3
        if stored[origin.key] == nil { stored[origin.key] = try .zeros(shape) }
        try #require(stored[origin.key]).narrowed(0, from: rows.lowerBound, length: rows.count).copy(inPlace: tensor)
      } else {
        stored[origin.key] = tensor
      }
    }
    for kind in ["weight", "bias"] { stored["context_embedder.\(kind)"] = weights["context_embedder.\(kind)"] }
    return stored
  }

  @Test(arguments: [SD3Fixture.sd3, SD3Fixture.sd35])
  func theAuthorsFilesAnswerTheSame(_ name: String) throws {
    let fixture = try SD3Fixture(name)
    let config = try fixture.config()
    let stored = try original(fixture.weights(), config)
    let network = try fixture.network(config.originalKeys.source(ParameterDictionary(stored)))
    #expect(try fixture.agrees(fixture.answer(network)))
  }

  /// Names of a published file, by hand.
  @Test func someNamesOfTheAuthors() throws {
    let config = try JSONDecoder().decode(
      SD3TransformerConfig.self, from: Data(SD3TransformerConfigTests.medium35.utf8))
    let origins = config.originalKeys.origins
    let block = "transformer_blocks.4"
    for (name, origin) in [
      ("pos_embed.pos_embed", RenamedSource.Origin("pos_embed")),
      ("time_text_embed.text_embedder.linear_2.bias", .init("y_embedder.mlp.2.bias")),
      ("\(block).attn.to_k.weight", .init("joint_blocks.4.x_block.attn.qkv.weight", rows: 1536..<3072)),
      ("\(block).attn.add_v_proj.bias", .init("joint_blocks.4.context_block.attn.qkv.bias", rows: 3072..<4608)),
      ("\(block).attn.norm_added_q.weight", .init("joint_blocks.4.context_block.attn.ln_q.weight")),
      ("\(block).attn2.to_out.0.weight", .init("joint_blocks.4.x_block.attn2.proj.weight")),
      ("\(block).ff_context.net.2.bias", .init("joint_blocks.4.context_block.mlp.fc2.bias")),
      ("\(block).norm1_context.linear.weight", .init("joint_blocks.4.context_block.adaLN_modulation.1.weight")),
      (
        "transformer_blocks.23.norm1_context.linear.weight",
        .init("joint_blocks.23.context_block.adaLN_modulation.1.weight", change: .halvesSwapped)
      ),
      ("norm_out.linear.bias", .init("final_layer.adaLN_modulation.1.bias", change: .halvesSwapped)),
    ] { #expect(origins[name] == origin, "\(name)") }
    #expect(origins["transformer_blocks.13.attn2.to_q.weight"] == nil)
    #expect(origins["transformer_blocks.23.attn.to_add_out.weight"] == nil)
  }

  /// The published single file of SD 3 medium has 491 tensors of the network.
  @Test func countsThePublishedFile() {
    let origins = SD3TransformerConfig().originalKeys.origins
    #expect(Set(origins.values.map(\.key)).count + 2 == 491)
    #expect(origins.count + 2 == 683)
  }
}
