import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

/// Text encoders of LDM-style files, under OpenCLIP's names.
struct OpenCLIPWeightsTests {
  /// A fixture's weights as such a file holds them, with a block more and what only CLIP's training needs.
  private func openCLIP(_ weights: [String: Tensor], _ config: CLIPTextConfig) throws -> [String: Tensor] {
    var file: [String: Tensor] = ["logit_scale": try .ones([]), "attn_mask": try .zeros([77, 77])]
    func weight(_ key: String) throws -> Tensor { try #require(weights[key], "\(key)") }
    file["token_embedding.weight"] = try weight("text_model.embeddings.token_embedding.weight")
    file["positional_embedding"] = try weight("text_model.embeddings.position_embedding.weight")
    file["text_projection"] =
      try weights["text_projection.weight"]?.transposed(0, 1) ?? .ones([config.width, config.projectionWidth])
    for kind in ["weight", "bias"] { file["ln_final.\(kind)"] = try weight("text_model.final_layer_norm.\(kind)") }
    for layer in 0...config.layers {
      let (old, new) = ("transformer.resblocks.\(layer)", "text_model.encoder.layers.\(min(layer, config.layers - 1))")
      for kind in ["weight", "bias"] {
        for (theirs, ours) in [
          ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"),
          ("attn.out_proj", "self_attn.out_proj"),
        ] { file["\(old).\(theirs).\(kind)"] = try weight("\(new).\(ours).\(kind)") }
        file["\(old).attn.in_proj_\(kind)"] = try .concatenated(
          ["q", "k", "v"].map { try weight("\(new).self_attn.\($0)_proj.\(kind)") }, axis: 0)
      }
    }
    return file
  }

  @Test(arguments: [TextEncoderFixture.projected, TextEncoderFixture.plain]) func giveTheSameNumbers(name: String)
    throws
  {
    let fixture = try TextEncoderFixture(name)
    let config = try fixture.config()
    var file: [String: Tensor] = ["model.diffusion_model.out.0.bias": try .ones([1])]
    for (key, tensor) in try openCLIP(fixture.weights(), config) { file["cond_stage_model.model." + key] = tensor }
    let map = OpenCLIPKeyMap(
      layers: config.layers, width: config.width, projection: try #require(config.hasProjection))
    let source = map.source(PrefixedSource(ParameterDictionary(file), prefix: "cond_stage_model.model."))
    let encoding = try fixture.load(source)(fixture.ids())
    #expect(try fixture.agrees(encoding.lastHiddenState_BLD, "last_hidden_state"))
    if let projected = encoding.projected_BD { #expect(try fixture.agrees(projected, "text_embeds")) }
  }

  @Test func missingOnesAreNamed() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    let config = try fixture.config()
    var file = try openCLIP(fixture.weights(), config)
    file["ln_final.bias"] = nil
    file["visual.proj"] = try .ones([1])
    let map = OpenCLIPKeyMap(layers: config.layers, width: config.width, projection: false)
    let error = #expect(throws: CheckpointError.self) { try fixture.load(map.source(ParameterDictionary(file))) }
    #expect(
      error?.message.contains("missing: text_model.final_layer_norm.bias; unexpected: visual.proj") == true,
      "\(error?.message ?? "")")
  }
}
