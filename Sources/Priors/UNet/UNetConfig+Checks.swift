extension UNetConfig {
  /// Throws unless the sizes make a network.
  /// - Parameter path: Where the configuration stands in its file, for messages.
  /// - Throws: `DecodingError` that says which field is wrong.
  public func check(_ path: [any CodingKey] = []) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    let levels = blockOutChannels.count
    try require(levels > 0, "block_out_channels is empty")
    try require(levels <= 16, "block_out_channels has \(levels) levels; it takes at most 16")
    try require(
      downBlockTypes.count == levels, "down_block_types has \(downBlockTypes.count) entries for \(levels) levels")
    try require(headCounts.count == levels, "attention_head_dim has \(headCounts.count) entries for \(levels) levels")
    try require(
      transformerLayersPerBlock.count == levels,
      "transformer_layers_per_block has \(transformerLayersPerBlock.count) entries for \(levels) levels")
    // Far beyond every published network: what is larger is a damaged file, and products of sizes must not overflow.
    let widths: [(name: String, values: [Int])] = [
      ("in_channels", [inChannels]), ("out_channels", [outChannels]), ("block_out_channels", blockOutChannels),
      ("attention_head_dim", headCounts), ("cross_attention_dim", [crossAttentionWidth]),
      ("image_cross_attention_dim", imageCrossAttentionWidth.map { [$0] } ?? []),
      ("semb_channels", structureChannels.map { [$0] } ?? []), ("spade_hidden", [structureHidden]),
      ("norm_num_groups", [normGroups]), ("conditioning_channels", [conditioningChannels]),
      ("conditioning_embedding_out_channels", conditioningEmbeddingChannels),
    ]
    for (name, values) in widths {
      for value in values {
        try require((1...65536).contains(value), "sizes must be positive and at most 65536; \(name) is \(value)")
      }
    }
    try require((1...8).contains(layersPerBlock), "layers_per_block must be within 1…8, not \(layersPerBlock)")
    for depth in transformerLayersPerBlock {
      try require((1...64).contains(depth), "transformer_layers_per_block must be within 1…64, not \(depth)")
    }
    try require(normEpsilon > 0 && normEpsilon.isFinite, "norm_eps is \(normEpsilon); it must be above 0")
    try require(frequencyShift.isFinite, "freq_shift is \(frequencyShift)")
    for width in blockOutChannels {
      try require(width % normGroups == 0, "norm_num_groups \(normGroups) does not divide the width \(width)")
    }
    try require(
      blockOutChannels[0] % 2 == 0,
      "the first width \(blockOutChannels[0]) is odd; half of a time embedding are sines and half cosines")
    try checkBlocks(require)
    try checkAddedConditioning(require)
  }

  private func checkBlocks(_ require: (Bool, @autoclosure () -> String) throws -> Void) throws {
    let known: Set = ["DownBlock2D", "CrossAttnDownBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"]
    for type in downBlockTypes + upBlockTypes { try require(known.contains(type), "unknown block type '\(type)'") }
    try require(
      ["UNetMidBlock2DCrossAttn", "UNetMidBlock2D"].contains(midBlockType), "unknown mid_block_type '\(midBlockType)'")
    // A ControlNet's file has no up_block_types: the default then counts for nothing.
    let up = upBlockTypes.count == blockOutChannels.count ? Array(upBlockTypes.reversed()) : []
    for (level, (width, heads)) in zip(blockOutChannels, headCounts).enumerated() {
      let attends =
        downBlockTypes[level] == "CrossAttnDownBlock2D" || (up.indices.contains(level) && up[level].hasPrefix("Cross"))
        || (level == blockOutChannels.count - 1 && midBlockType == "UNetMidBlock2DCrossAttn")
      try require(
        !attends || width % heads == 0,
        "attention_head_dim \(heads) (a number of heads) does not divide the width \(width)")
    }
  }

  private func checkAddedConditioning(_ require: (Bool, @autoclosure () -> String) throws -> Void) throws {
    guard let additionEmbedType else { return }
    try require(additionEmbedType == "text_time", "unknown addition_embed_type '\(additionEmbedType)'")
    for (name, width) in [
      ("addition_time_embed_dim", additionTimeEmbedWidth),
      ("projection_class_embeddings_input_dim", projectionInputWidth),
    ] {
      try require(
        (width.map { (1...65536).contains($0) }) ?? false,
        "addition_embed_type 'text_time' needs \(name); it is \(width.map(String.init) ?? "absent")")
    }
  }
}
