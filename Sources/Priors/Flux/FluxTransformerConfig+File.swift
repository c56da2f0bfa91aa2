public import Checkpoints
internal import Torch

extension FluxTransformerConfig {
  /// The sizes that a transformer's file implies, for files that come without a `config.json`.
  ///
  /// Only how a head's channels are shared among the axes of a position does not show: an eighth is the picture's and the
  /// rest that of rows and columns, as published.
  /// - Parameter checkpoint: In diffusers' names or in the original authors', also among other parts.
  /// - Throws: `CheckpointError` for files of other networks.
  public init(sizesOf checkpoint: any Checkpoint) throws(CheckpointError) {
    let prefix = FluxKeyMap.prefix(in: checkpoint.keys)
    let (doubleName, singleName) = prefix == nil ? Self.diffusersBlocks : Self.originalBlocks
    doubleCount = Self.count(checkpoint.keys, (prefix ?? "") + doubleName)
    singleCount = Self.count(checkpoint.keys, (prefix ?? "") + singleName)
    let origins = originalKeys.origins
    func shape(_ name: String) throws(CheckpointError) -> [Int] {
      let key = prefix.map { $0 + (origins[name]?.key ?? name) } ?? name
      guard let shape = checkpoint.shape(of: key), let rows = shape.first, let columns = shape.last, rows > 0,
        columns > 0
      else {
        throw CheckpointError(
          .mismatch, "'\(checkpoint.name)' is no transformer of FLUX.1: it has no '\(key)'")
      }
      return shape
    }
    let input = try shape("x_embedder.weight")
    inChannels = input[input.count - 1]
    outChannels = try shape("proj_out.weight")[0]
    headWidth = try shape("transformer_blocks.0.attn.norm_q.weight")[0]
    headCount = input[0] / headWidth
    let (text, pooled) = (
      try shape("context_embedder.weight"), try shape("time_text_embed.text_embedder.linear_1.weight")
    )
    textWidth = text[text.count - 1]
    pooledTextWidth = pooled[pooled.count - 1]
    let guidance = prefix.map { $0 + "guidance_in." } ?? "time_text_embed.guidance_embedder."
    takesGuidance = checkpoint.keys.contains { $0.hasPrefix(guidance) }
    let side = (headWidth - headWidth / 8) / 4 * 2
    axisChannels = [headWidth - 2 * side, side, side]
  }

  /// A transformer's parameters under diffusers' names.
  /// - Parameter checkpoint: In diffusers' names or in the original authors', also among other parts.
  public func source(_ checkpoint: any Checkpoint) -> any ParameterSource {
    guard let prefix = FluxKeyMap.prefix(in: checkpoint.keys) else { return checkpoint }
    return originalKeys.source(PrefixedSource(checkpoint, prefix: prefix))
  }

  /// True for the weights of linear layers inside the blocks: nearly all of the network's numbers, and what can be stored in
  /// int8.
  /// - Parameters:
  ///   - name: In diffusers.
  ///   - shape: The weight's sizes.
  public static func isQuantisable(_ name: String, shape: [Int]) -> Bool {
    shape.count == 2 && name.hasSuffix(".weight")
      && (name.hasPrefix(diffusersBlocks.double) || name.hasPrefix(diffusersBlocks.single))
  }

  private static let diffusersBlocks = (double: "transformer_blocks.", single: "single_transformer_blocks.")
  private static let originalBlocks = (double: "double_blocks.", single: "single_blocks.")

  /// One more than the highest number behind a prefix.
  private static func count(_ keys: Set<String>, _ prefix: String) -> Int {
    keys.lazy.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count).prefix { $0 != "." }) }
      .max().map { min($0, 1023) + 1 } ?? 0
  }
}
