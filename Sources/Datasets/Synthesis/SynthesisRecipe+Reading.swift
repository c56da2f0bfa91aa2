/// Reading a part of a recipe, in which every key may be absent.
private struct Values<Key: CodingKey> {
  private let container: KeyedDecodingContainer<Key>

  init(_ decoder: any Decoder, _ keys: Key.Type) throws { container = try decoder.container(keyedBy: keys) }

  func read<Value: Decodable>(_ key: Key, into field: inout Value) throws {
    if let value = try container.decodeIfPresent(Value.self, forKey: key) { field = value }
  }

  func require(_ condition: Bool, _ key: Key, _ message: @autoclosure () -> String) throws {
    guard condition else {
      throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: message())
    }
  }
}

extension SynthesisRecipe {
  /// Reads a recipe. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    try values.read(.output, into: &output)
    try values.read(.seeds, into: &seeds)
    try values.read(.picture, into: &picture)
    try values.read(.generator, into: &generator)
    try values.read(.selection, into: &selection)
    try values.read(.degradation, into: &degradation)
    try values.require(!output.isEmpty, .output, "it is empty; name the folder of the data set")
  }
}

extension SynthesisRecipe.Seeds {
  /// Reads a recipe's part. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    try values.read(.first, into: &first)
    try values.read(.count, into: &count)
    try values.require((1...1_000_000_000).contains(count), .count, "\(count) pictures; it must be within 1…1000000000")
    try values.require(
      first <= UInt64(Int.max) - UInt64(count), .first, "the last of \(count) seeds after \(first) is too large")
  }
}

extension SynthesisRecipe.Picture {
  /// Reads a recipe's part. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    var name = format.rawValue
    try values.read(.width, into: &width)
    try values.read(.height, into: &height)
    try values.read(.format, into: &name)
    try values.read(.latents, into: &latents)
    for (key, side) in [(CodingKeys.width, width), (.height, height)] {
      try values.require((16...8192).contains(side), key, "\(side) pixels; it must be within 16…8192")
    }
    let known = LosslessFormat.allCases.map(\.rawValue)
    guard let format = LosslessFormat(rawValue: name) else {
      try values.require(false, .format, "'\(name)' is not known; it takes \(known.joined(separator: ", "))")
      return
    }
    self.format = format
  }
}

extension SynthesisRecipe.Generator {
  /// Reads a recipe's part. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    try values.read(.kind, into: &kind)
    try values.read(.model, into: &model)
    try values.read(.steps, into: &steps)
    try values.read(.guidance, into: &guidance)
    try values.read(.prompt, into: &prompt)
    try values.read(.folders, into: &folders)
    if let steps { try values.require((1...1000).contains(steps), .steps, "\(steps) steps; it must be within 1…1000") }
    if let guidance {
      try values.require((0...100).contains(guidance), .guidance, "it is \(guidance); it must be within 0…100")
    }
  }
}

extension SynthesisRecipe.Selection {
  /// Reads a recipe's part. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    try values.read(.metrics, into: &metrics)
    try values.read(.percentile, into: &rule.percentile)
    try values.read(.black, into: &rule.black)
    try values.read(.uniform, into: &rule.uniform)
    try values.require(
      rule.percentile >= 0 && rule.percentile < 100, .percentile,
      "it is \(rule.percentile); it must be at least 0 and below 100")
    try values.require((0...1).contains(rule.black), .black, "it is \(rule.black); it must be within 0…1")
    try values.require((0...0.5).contains(rule.uniform), .uniform, "it is \(rule.uniform); it must be within 0…0.5")
  }
}

extension SynthesisRecipe.Degradation {
  /// Reads a recipe's part. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try Values(decoder, CodingKeys.self)
    try values.read(.recipe, into: &recipe)
    try values.read(.seed, into: &seed)
  }
}
