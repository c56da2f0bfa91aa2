extension SD3TransformerConfig {
  /// Throws unless the sizes make a network.
  /// - Parameter path: Where the configuration stands in its file, for messages.
  /// - Throws: `DecodingError` that says which field is wrong.
  public func check(_ path: [any CodingKey] = []) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    // Far beyond every published network: what is larger is a damaged file, and products of sizes must not overflow.
    for (name, value, limit) in [
      ("in_channels", inChannels, 65536), ("out_channels", outChannels, 65536), ("patch_size", patchSize, 64),
      ("sample_size", sampleSize, 65536), ("pos_embed_max_size", positionSide, 65536), ("num_layers", layerCount, 1024),
      ("num_attention_heads", headCount, 1024), ("attention_head_dim", headWidth, 1024),
      ("joint_attention_dim", textWidth, 65536), ("pooled_projection_dim", pooledTextWidth, 65536),
    ] {
      try require((1...limit).contains(value), "\(name) must be within 1…\(limit), not \(value)")
    }
    try require(
      projectedTextWidth == width,
      "caption_projection_dim \(projectedTextWidth) is not the width of the picture's tokens, num_attention_heads "
        + "\(headCount) times attention_head_dim \(headWidth)")
    try require(
      width % 4 == 0, "the width \(width) is no multiple of 4: a quarter of a position are sines of its column")
    try require(
      sampleSize >= patchSize, "sample_size \(sampleSize) is less than one patch, patch_size \(patchSize)")
    for layer in dualAttentionLayers {
      try require(
        (0..<layerCount).contains(layer), "dual_attention_layers names block \(layer); there are \(layerCount)")
    }
    try require(
      headNorm == nil || headNorm == "rms_norm", "qk_norm is '\(headNorm ?? "")'; only 'rms_norm' is built here")
  }
}
