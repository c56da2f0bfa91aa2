/// From transformers' names of a CLIP text encoder to OpenCLIP's, which LDM-style files hold: SD 2.x and StableSR under
/// `cond_stage_model.model.`, SDXL's larger encoder under `conditioner.embedders.1.model.`.
///
/// OpenCLIP stacks the rows of query, key and value in one `in_proj_weight`, and keeps its projection as `[in, out]`.
public struct OpenCLIPKeyMap: Sendable {
  /// Where each parameter stands, by its name in transformers.
  public let origins: [String: RenamedSource.Origin]
  private let layers: Int

  /// - Parameters:
  ///   - layers: The number of blocks wanted; those behind are dropped. SD 2.x and StableSR use 23 of 24.
  ///   - width: Width of a token.
  ///   - projection: Whether the text projection is wanted.
  public init(layers: Int, width: Int, projection: Bool) {
    self.layers = layers
    var origins: [String: RenamedSource.Origin] = [
      "text_model.embeddings.token_embedding.weight": .init("token_embedding.weight"),
      "text_model.embeddings.position_embedding.weight": .init("positional_embedding"),
    ]
    if projection { origins["text_projection.weight"] = .init("text_projection", change: .transposed) }
    func add(_ new: String, _ old: String) {
      for kind in ["weight", "bias"] { origins["\(new).\(kind)"] = .init("\(old).\(kind)") }
    }
    add("text_model.final_layer_norm", "ln_final")
    for layer in 0..<layers {
      let (new, old) = ("text_model.encoder.layers.\(layer)", Self.block(layer))
      add("\(new).layer_norm1", "\(old).ln_1")
      add("\(new).layer_norm2", "\(old).ln_2")
      add("\(new).mlp.fc1", "\(old).mlp.c_fc")
      add("\(new).mlp.fc2", "\(old).mlp.c_proj")
      add("\(new).self_attn.out_proj", "\(old).attn.out_proj")
      for (part, name) in ["q_proj", "k_proj", "v_proj"].enumerated() {
        let rows = part * width..<(part + 1) * width
        for kind in ["weight", "bias"] {
          origins["\(new).self_attn.\(name).\(kind)"] = .init("\(old).attn.in_proj_\(kind)", rows: rows)
        }
      }
    }
    self.origins = origins
  }

  /// An OpenCLIP text encoder under transformers' names.
  /// - Parameter base: OpenCLIP's keys, without a prefix (see ``PrefixedSource``).
  public func source(_ base: any ParameterSource) -> RenamedSource {
    RenamedSource(base, origins, dropping: hasNoUse)
  }

  /// Keys of OpenCLIP's text encoders that are not wanted: blocks behind the last, the projection, and what only CLIP's
  /// training needs.
  func hasNoUse(_ key: String) -> Bool {
    if ["logit_scale", "text_projection", "attn_mask"].contains(key) { return true }
    let prefix = "transformer.resblocks."
    guard key.hasPrefix(prefix), let number = Int(key.dropFirst(prefix.count).prefix { $0 != "." }) else {
      return false
    }
    return number >= layers
  }

  private static func block(_ layer: Int) -> String { "transformer.resblocks.\(layer)" }
}
