extension TaggerConfig {
  /// Throws unless the sizes make a tagger.
  /// - Parameters:
  ///   - path: Where the configuration stands in its file, for messages.
  ///   - statedWidth: `vision_width`, which the other sizes imply.
  /// - Throws: `DecodingError` that says which field is wrong.
  func check(_ path: [any CodingKey], statedWidth: Int?) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    let stages = depths.count
    try require((1...8).contains(stages), "depths has \(stages) entries; it takes 1 to 8")
    try require(headCounts.count == stages, "num_heads has \(headCounts.count) entries for \(stages) stages")
    // Far beyond every published tagger: what is larger is a damaged file, and products of sizes must not overflow.
    let sizes: [(name: String, values: [Int], most: Int)] = [
      ("image_res", [imageSide], 4096), ("patch_size", [patchSize], 256), ("window_size", [windowSize], 64),
      ("embed_dim", [embedWidth], 1 << 14), ("depths", depths, 256), ("num_heads", headCounts, 1 << 10),
      ("image_embed_dim", [imageEmbedWidth], 1 << 16), ("num_class", [tagCount], 1 << 20),
      ("hidden_size", [decoder.width], 1 << 16), ("intermediate_size", [decoder.innerWidth], 1 << 18),
      ("num_attention_heads", [decoder.heads], 1 << 10), ("num_hidden_layers", [decoder.layers], 256),
      ("lora.r", [lora.rank], 1 << 12),
    ]
    for (name, values, most) in sizes {
      for value in values {
        try require((1...most).contains(value), "\(name) is \(value); it must be within 1…\(most)")
      }
    }
    try require(mlpRatio > 0 && mlpRatio <= 64, "mlp_ratio is \(mlpRatio); it must be above 0 and at most 64")
    try require(decoder.normEpsilon >= 0 && decoder.normEpsilon < 1, "layer_norm_eps is \(decoder.normEpsilon)")
    try require(lora.alpha.isFinite, "lora.alpha is \(lora.alpha)")
    try checkStages(require)
    try require(
      decoder.width % decoder.heads == 0,
      "num_attention_heads \(decoder.heads) does not divide hidden_size \(decoder.width)")
    try require(
      statedWidth ?? visionWidth == visionWidth,
      "vision_width is \(statedWidth ?? 0), but embed_dim \(embedWidth) and \(stages) stages make \(visionWidth)")
    if let thresholds {
      try require(
        thresholds.count == tagCount, "class_threshold has \(thresholds.count) entries for \(tagCount) tags")
      try require(thresholds.allSatisfy(\.isFinite), "class_threshold holds a number that is not finite")
    }
  }

  private func checkStages(_ require: (Bool, @autoclosure () -> String) throws -> Void) throws {
    try require(imageSide % patchSize == 0, "patch_size \(patchSize) does not divide image_res \(imageSide)")
    for stage in depths.indices {
      let (side, width) = (side(stage: stage), width(stage: stage))
      let isLast = stage == depths.count - 1
      try require(
        side > 0 && (isLast || side % 2 == 0), "the map of stage \(stage) is \(side) tokens wide and cannot be halved")
      try require(
        side <= windowSize || side % windowSize == 0,
        "window_size \(windowSize) does not divide the \(side) tokens of stage \(stage)")
      try require(
        width % headCounts[stage] == 0, "num_heads \(headCounts[stage]) does not divide the width \(width)")
    }
  }
}
