extension FluxTransformerConfig {
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
    for (name, value, range) in [
      ("in_channels", inChannels, 1...65536), ("out_channels", outChannels, 1...65536),
      ("num_layers", doubleCount, 0...1024), ("num_single_layers", singleCount, 0...1024),
      ("num_attention_heads", headCount, 1...1024), ("attention_head_dim", headWidth, 1...1024),
      ("joint_attention_dim", textWidth, 1...65536), ("pooled_projection_dim", pooledTextWidth, 1...65536),
    ] {
      try require(
        range.contains(value), "\(name) must be within \(range.lowerBound)…\(range.upperBound), not \(value)")
    }
    try require(patchSize == 1, "patch_size is \(patchSize); only 1 is built here, patches are cut before the network")
    try require(
      axisChannels.count == 3 && axisChannels.allSatisfy { $0 > 0 && $0.isMultiple(of: 2) }
        && axisChannels.reduce(0, +) == headWidth,
      "axes_dims_rope \(axisChannels) must be three even numbers that add up to attention_head_dim \(headWidth)")
  }
}
