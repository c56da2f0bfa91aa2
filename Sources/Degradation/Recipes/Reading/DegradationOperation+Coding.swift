extension DegradationOperation: Codable {
  enum Key: String, CodingKey, CaseIterable {
    case sharpen, blur, resize, decimate, noise, jpeg
    case oneOf = "one_of"
    case shuffle
  }

  /// Reads one line of a recipe: a single key, the operation's name, with its settings.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<Key>(decoder)
    guard let key = keys.given.first, keys.given.count == 1 else {
      throw keys.error(
        nil,
        "needs one operation, and has \(keys.given.count)"
          + (keys.given.isEmpty ? "" : " (\(keys.given.map(\.stringValue).joined(separator: ", ")))")
          + "; begin each with a dash of its own")
    }
    switch key {
    case .sharpen: self = .sharpen(try keys.value(key) ?? SharpenChoice())
    case .blur: self = .blur(try keys.value(key) ?? BlurChoice())
    case .resize: self = .resize(try keys.value(key) ?? ResizeChoice())
    case .decimate: self = .decimate(try keys.value(key) ?? DecimationChoice())
    case .noise: self = .noise(try keys.value(key) ?? NoiseChoice())
    case .jpeg: self = .jpeg(try keys.value(key) ?? CompressionChoice())
    case .oneOf: self = .oneOf(try keys.value(key) ?? [])
    case .shuffle: self = .shuffle(try keys.value(key) ?? [])
    }
  }

  /// Writes one line of a recipe.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .sharpen(let choice): try container.encode(choice, forKey: .sharpen)
    case .blur(let choice): try container.encode(choice, forKey: .blur)
    case .resize(let choice): try container.encode(choice, forKey: .resize)
    case .decimate(let choice): try container.encode(choice, forKey: .decimate)
    case .noise(let choice): try container.encode(choice, forKey: .noise)
    case .jpeg(let choice): try container.encode(choice, forKey: .jpeg)
    case .oneOf(let alternatives): try container.encode(alternatives, forKey: .oneOf)
    case .shuffle(let operations): try container.encode(operations, forKey: .shuffle)
    }
  }

  func check(_ at: RecipeCheck) throws {
    switch self {
    case .sharpen(let choice): try choice.check(at.inside("sharpen"))
    case .blur(let choice): try choice.check(at.inside("blur"))
    case .resize(let choice): try choice.check(at.inside("resize"))
    case .decimate(let choice): try choice.check(at.inside("decimate"))
    case .noise(let choice): try choice.check(at.inside("noise"))
    case .jpeg(let choice): try choice.check(at.inside("jpeg"))
    case .oneOf(let alternatives):
      let names = alternatives.indices.map { "\($0)" }
      try at.weights(Dictionary(uniqueKeysWithValues: zip(names, alternatives.map(\.weight))), "one_of")
      for (index, alternative) in alternatives.enumerated() {
        try alternative.operations.check(at.inside("one_of[\(index)].operations"))
      }
    case .shuffle(let operations): try operations.check(at.inside("shuffle"))
    }
  }
}

extension [DegradationOperation] {
  func check(_ at: RecipeCheck) throws {
    for (index, operation) in enumerated() { try operation.check(at[index]) }
  }
}
