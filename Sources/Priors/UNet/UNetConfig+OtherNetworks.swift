extension UNetConfig {
  /// Published fields that have one meaning here. Another value asks for a network that would load and be wrong.
  private static let fixed: [(name: String, accepted: [FieldValue])] = [
    ("act_fn", [.text("silu"), .text("swish")]),
    ("attention_type", [.text("default")]),
    ("center_input_sample", [.bool(false)]),
    ("class_embed_type", []),
    ("class_embeddings_concat", [.bool(false)]),
    ("controlnet_conditioning_channel_order", [.text("rgb")]),
    ("conv_in_kernel", [.number(3)]),
    ("conv_out_kernel", [.number(3)]),
    ("cross_attention_norm", []),
    ("downsample_padding", [.number(1)]),
    ("dual_cross_attention", [.bool(false)]),
    ("encoder_hid_dim", []),
    ("encoder_hid_dim_type", []),
    ("global_pool_conditions", [.bool(false)]),
    ("mid_block_only_cross_attention", [.bool(false)]),
    ("mid_block_scale_factor", [.number(1)]),
    ("num_attention_heads", []),
    ("num_class_embeds", []),
    ("only_cross_attention", [.bool(false)]),
    ("resnet_out_scale_factor", [.number(1)]),
    ("resnet_skip_time_act", [.bool(false)]),
    ("resnet_time_scale_shift", [.text("default")]),
    ("reverse_transformer_layers_per_block", []),
    ("time_cond_proj_dim", []),
    ("time_embedding_act_fn", []),
    ("time_embedding_dim", []),
    ("time_embedding_type", [.text("positional")]),
    ("timestep_post_act", []),
  ]

  /// Throws where a published field asks for a network that is not built here. Absent and null fields are fine.
  /// - Throws: `DecodingError` naming the field and its value.
  static func refuseOtherNetworks(_ decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: FieldName.self)
    for (name, accepted) in fixed {
      guard let value = try values.decodeIfPresent(FieldValue.self, forKey: FieldName(stringValue: name)),
        !accepted.contains(value)
      else { continue }
      let advice = accepted.first.map { "only \($0) is built here" } ?? "networks with it are not built here"
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(name) is \(value); \(advice)"))
    }
  }
}

/// Any field's name.
private struct FieldName: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// A field's value as far as it can be compared.
private enum FieldValue: Decodable, Equatable, CustomStringConvertible {
  case bool(Bool)
  case number(Double)
  case text(String)
  case list

  init(from decoder: any Decoder) throws {
    guard let value = try? decoder.singleValueContainer() else {
      self = .list
      return
    }
    if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .list
    }
  }

  var description: String {
    switch self {
    case .bool(let value): String(value)
    case .number(let value): String(value).hasSuffix(".0") ? String(String(value).dropLast(2)) : String(value)
    case .text(let value): "'\(value)'"
    case .list: "a list"
    }
  }
}
