/// From diffusers' names of an SD 3 or 3.5 transformer to those of its authors' files, where it stands under
/// `model.diffusion_model.`.
///
/// Those stack the rows of query, key and value in one `qkv`. Their continuous norms hold shift before scale; diffusers
/// holds scale before shift.
public struct SD3KeyMap: Sendable {
  /// Where each parameter stands, by its name in diffusers.
  public let origins: [String: RenamedSource.Origin]

  /// - Parameters:
  ///   - layers: The number of joint blocks.
  ///   - width: Width of a token.
  ///   - dualLayers: Blocks with a second attention.
  ///   - normalisesHeads: Whether queries and keys are normalised.
  public init(layers: Int, width: Int, dualLayers: Set<Int> = [], normalisesHeads: Bool = false) {
    var names = Names(width: width)
    names.origins["pos_embed.pos_embed"] = .init("pos_embed")
    names.add("pos_embed.proj", "x_embedder.proj")
    for (new, old) in [("timestep_embedder", "t_embedder"), ("text_embedder", "y_embedder")] {
      names.add("time_text_embed.\(new).linear_1", "\(old).mlp.0")
      names.add("time_text_embed.\(new).linear_2", "\(old).mlp.2")
    }
    names.add("proj_out", "final_layer.linear")
    names.add("norm_out.linear", "final_layer.adaLN_modulation.1", change: .halvesSwapped)
    for layer in 0..<layers {
      let (new, old) = ("transformer_blocks.\(layer)", "joint_blocks.\(layer)")
      let (picture, text) = ("\(old).x_block", "\(old).context_block")
      let isLast = layer == layers - 1
      names.add("\(new).norm1.linear", "\(picture).adaLN_modulation.1")
      names.add(
        "\(new).norm1_context.linear", "\(text).adaLN_modulation.1", change: isLast ? .halvesSwapped : nil)
      names.addAttention("\(new).attn", "\(picture).attn", .own, normalises: normalisesHeads)
      names.addAttention("\(new).attn", "\(text).attn", .added(answers: !isLast), normalises: normalisesHeads)
      if dualLayers.contains(layer) {
        names.addAttention("\(new).attn2", "\(picture).attn2", .own, normalises: normalisesHeads)
      }
      names.addFeedForward("\(new).ff", "\(picture).mlp")
      if !isLast { names.addFeedForward("\(new).ff_context", "\(text).mlp") }
    }
    origins = names.origins
  }

  /// A transformer under diffusers' names.
  /// - Parameter base: The authors' keys, without a prefix (see ``PrefixedSource``).
  public func source(_ base: any ParameterSource) -> RenamedSource { RenamedSource(base, origins) }

  /// The table while it is written.
  private struct Names {
    enum Tokens {
      case own
      case added(answers: Bool)
    }

    let width: Int
    var origins: [String: RenamedSource.Origin] = [:]

    mutating func add(
      _ new: String, _ old: String, rows: Range<Int>? = nil, change: RenamedSource.Origin.Change? = nil
    ) {
      for kind in ["weight", "bias"] {
        origins["\(new).\(kind)"] = .init("\(old).\(kind)", rows: rows, change: change)
      }
    }

    mutating func addAttention(_ new: String, _ old: String, _ tokens: Tokens, normalises: Bool) {
      let (parts, norms, output): ([String], [String], String?) =
        switch tokens {
        case .own: (["to_q", "to_k", "to_v"], ["norm_q", "norm_k"], "to_out.0")
        case .added(let answers):
          (
            ["add_q_proj", "add_k_proj", "add_v_proj"], ["norm_added_q", "norm_added_k"], answers ? "to_add_out" : nil
          )
        }
      for (part, name) in parts.enumerated() {
        add("\(new).\(name)", "\(old).qkv", rows: part * width..<(part + 1) * width)
      }
      if normalises {
        for (name, stored) in zip(norms, ["ln_q", "ln_k"]) {
          origins["\(new).\(name).weight"] = .init("\(old).\(stored).weight")
        }
      }
      if let output { add("\(new).\(output)", "\(old).proj") }
    }

    mutating func addFeedForward(_ new: String, _ old: String) {
      add("\(new).net.0.proj", "\(old).fc1")
      add("\(new).net.2", "\(old).fc2")
    }
  }
}
