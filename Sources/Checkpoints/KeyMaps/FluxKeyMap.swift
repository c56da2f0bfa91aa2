/// From diffusers' names of a FLUX.1 transformer to those of its authors' files.
///
/// Those stack the rows of query, key and value in one `qkv`, and in single blocks also those of the feed-forward's first
/// layer. Their last norm holds shift before scale; diffusers holds scale before shift.
public struct FluxKeyMap: Sendable {
  /// Where each parameter stands, by its name in diffusers.
  public private(set) var origins: [String: RenamedSource.Origin] = [:]
  private let width: Int

  /// What the transformer's keys begin with in files of other programs, which hold more than the transformer.
  public static let prefix = "model.diffusion_model."

  /// A key that the authors' files have and diffusers' have not.
  private static let mark = "double_blocks.0.img_attn.norm.key_norm.scale"

  /// - Parameters:
  ///   - doubleBlocks: The number of blocks with a stream each for picture and text.
  ///   - singleBlocks: The number of blocks with one sequence.
  ///   - width: Width of a token.
  ///   - takesGuidance: Whether guidance is embedded (FLUX.1-dev).
  public init(doubleBlocks: Int, singleBlocks: Int, width: Int, takesGuidance: Bool) {
    self.width = width
    add("x_embedder", "img_in")
    add("context_embedder", "txt_in")
    let embedders = [("timestep_embedder", "time_in"), ("text_embedder", "vector_in")]
    for (new, old) in embedders + (takesGuidance ? [("guidance_embedder", "guidance_in")] : []) {
      add("time_text_embed.\(new).linear_1", "\(old).in_layer")
      add("time_text_embed.\(new).linear_2", "\(old).out_layer")
    }
    for block in 0..<doubleBlocks { addDouble("transformer_blocks.\(block)", "double_blocks.\(block)") }
    for block in 0..<singleBlocks { addSingle("single_transformer_blocks.\(block)", "single_blocks.\(block)") }
    add("norm_out.linear", "final_layer.adaLN_modulation.1", change: .halvesSwapped)
    add("proj_out", "final_layer.linear")
  }

  /// A transformer under diffusers' names.
  /// - Parameter base: The authors' keys, without a prefix (see ``PrefixedSource``).
  public func source(_ base: any ParameterSource) -> RenamedSource { RenamedSource(base, origins) }

  /// What the authors' keys of a file begin with.
  /// - Returns: Nothing or ``prefix``; nil when the file is not in the authors' layout.
  public static func prefix(in keys: Set<String>) -> String? {
    ["", prefix].first { keys.contains($0 + mark) }
  }

  private mutating func add(
    _ new: String, _ old: String, rows: Range<Int>? = nil, change: RenamedSource.Origin.Change? = nil
  ) {
    for kind in ["weight", "bias"] {
      origins["\(new).\(kind)"] = .init("\(old).\(kind)", rows: rows, change: change)
    }
  }

  /// Layers whose rows the authors' files stack.
  private mutating func addStacked(_ names: [String], _ old: String) {
    for (part, name) in names.enumerated() { add(name, old, rows: part * width..<(part + 1) * width) }
  }

  private mutating func addNorm(_ new: String, _ old: String) {
    origins["\(new).weight"] = .init("\(old).scale")
  }

  private mutating func addDouble(_ new: String, _ old: String) {
    for (stream, norm, parts, norms, output, feedForward) in [
      ("img", "norm1", ["to_q", "to_k", "to_v"], ["norm_q", "norm_k"], "to_out.0", "ff"),
      (
        "txt", "norm1_context", ["add_q_proj", "add_k_proj", "add_v_proj"], ["norm_added_q", "norm_added_k"],
        "to_add_out", "ff_context"
      ),
    ] {
      add("\(new).\(norm).linear", "\(old).\(stream)_mod.lin")
      addStacked(parts.map { "\(new).attn.\($0)" }, "\(old).\(stream)_attn.qkv")
      addNorm("\(new).attn.\(norms[0])", "\(old).\(stream)_attn.norm.query_norm")
      addNorm("\(new).attn.\(norms[1])", "\(old).\(stream)_attn.norm.key_norm")
      add("\(new).attn.\(output)", "\(old).\(stream)_attn.proj")
      add("\(new).\(feedForward).net.0.proj", "\(old).\(stream)_mlp.0")
      add("\(new).\(feedForward).net.2", "\(old).\(stream)_mlp.2")
    }
  }

  private mutating func addSingle(_ new: String, _ old: String) {
    add("\(new).norm.linear", "\(old).modulation.lin")
    addStacked(["to_q", "to_k", "to_v"].map { "\(new).attn.\($0)" }, "\(old).linear1")
    add("\(new).proj_mlp", "\(old).linear1", rows: 3 * width..<7 * width)
    addNorm("\(new).attn.norm_q", "\(old).norm.query_norm")
    addNorm("\(new).attn.norm_k", "\(old).norm.key_norm")
    add("\(new).proj_out", "\(old).linear2")
  }
}
