/// Reading recipes that people wrote: what is left out keeps its default, and what no recipe knows is an error that names it.
struct RecipeKeys<Key: CodingKey & CaseIterable> {
  private let values: KeyedDecodingContainer<Key>
  private let place: [any CodingKey]
  private let recipe: String

  /// The known keys that are there.
  let given: [Key]

  /// - Parameter decoder: At the part of the recipe.
  /// - Throws: `DegradationError` for a key that is not among `Key`, with the nearest that is, and for what has no keys.
  init(_ decoder: any Decoder, by type: Key.Type = Key.self) throws {
    place = decoder.codingPath
    recipe = RecipePlace.recipe(decoder)
    do {
      let all = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted()
      values = try decoder.container(keyedBy: Key.self)
      given = Key.allCases.filter(values.contains)
      let known = Key.allCases.map(\.stringValue)
      if let stranger = all.first(where: { !known.contains($0) }) {
        let advice =
          Spelling.nearest(to: stranger, among: known).map { "did you mean '\($0)'?" }
          ?? "it takes \(known.joined(separator: ", "))"
        throw RecipePlace.error(recipe, "unknown key '\(RecipePlace.text(place + [AnyKey(stranger)]))'; \(advice)")
      }
    } catch let error as DecodingError {
      throw RecipePlace.error(recipe, "'\(RecipePlace.text(place))': \(RecipePlace.reason(error))")
    }
  }

  /// The error for a key, or for the whole part.
  func error(_ key: Key?, _ words: String) -> DegradationError {
    RecipePlace.error(recipe, "'\(RecipePlace.text(place + (key.map { [$0] } ?? [])))' \(words)")
  }

  /// The value of a key; nil where it is empty or not there.
  func value<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
    do {
      return try values.decodeIfPresent(Value.self, forKey: key)
    } catch let error as DecodingError {
      throw self.error(key, "cannot be read: \(RecipePlace.reason(error))")
    }
  }

  /// Sets a variable from a key that may be left out.
  func read<Value: Decodable>(_ key: Key, into value: inout Value) throws { value = try self.value(key) ?? value }

  /// Sets a range from [low, high] or from a single number.
  func read<Bound: RecipeNumber & Decodable>(_ key: Key, into value: inout ClosedRange<Bound>) throws {
    if let range = try range(key) as ClosedRange<Bound>? { value = range }
  }

  /// Sets a range that may be missing.
  func read<Bound: RecipeNumber & Decodable>(_ key: Key, into value: inout ClosedRange<Bound>?) throws {
    if let range = try range(key) as ClosedRange<Bound>? { value = range }
  }

  private func range<Bound: RecipeNumber & Decodable>(_ key: Key) throws -> ClosedRange<Bound>? {
    if let number = try? values.decodeIfPresent(Bound.self, forKey: key) { return number...number }
    let bounds: [Bound]
    do {
      guard let found = try values.decodeIfPresent([Bound].self, forKey: key) else { return nil }
      bounds = found
    } catch is DecodingError {
      throw error(key, "must be a \(Bound.noun), or two as [low, high]")
    }
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw error(
        key,
        "is [\(bounds.map(\.short).joined(separator: ", "))]; write a \(Bound.noun), or two as [low, high], low first")
    }
    return bounds[0]...bounds[1]
  }

  /// Sets weights by name; a name that is not known is an error with the nearest that is.
  func read<Name: Words>(_ key: Key, into value: inout [Name: Double]) throws {
    guard let weights = try self.value(key, as: [String: Double].self) else { return }
    value = [:]
    for word in weights.keys.sorted() { value[try name(word, key)] = weights[word] }
  }

  /// Sets a variable from one of several words.
  func read<Name: Words>(_ key: Key, word value: inout Name) throws {
    if let text = try self.value(key, as: String.self) { value = try name(text, key) }
  }

  private func name<Name: Words>(_ word: String, _ key: Key) throws -> Name {
    if let name = Name(rawValue: word) { return name }
    let known = Name.allCases.map(\.rawValue)
    let advice =
      Spelling.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
      ?? "there are \(known.joined(separator: ", "))"
    throw error(key, "has no '\(word)'; \(advice)")
  }

  typealias Words = RawRepresentable<String> & CaseIterable & Hashable
}

/// Where in a recipe something stands, and what is said of it.
enum RecipePlace {
  static func error(_ recipe: String, _ words: String) -> DegradationError {
    DegradationError(.recipe, "reading \(recipe): \(words)")
  }

  /// What messages call the recipe.
  static func recipe(_ decoder: any Decoder) -> String {
    let name = CodingUserInfoKey.recipeName.flatMap { decoder.userInfo[$0] as? String }
    return name.map { "the degradation recipe '\($0)'" } ?? "a degradation recipe"
  }

  /// `operations[2].noise.sigma`.
  static func text(_ path: [any CodingKey]) -> String {
    let text = path.reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
    return text.isEmpty ? "the recipe" : text
  }

  static func reason(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(let type, _): "a \(words(type)) is needed"
    case .valueNotFound(let type, _): "a \(words(type)) is missing"
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .dataCorrupted(let context): context.debugDescription
    @unknown default: String(describing: error)
    }
  }

  private static func words(_ type: Any.Type) -> String {
    switch type {
    case is Int.Type: "whole number"
    case is Double.Type: "number"
    case is Bool.Type: "true or false"
    case is String.Type: "word"
    case is [Int].Type: "list of whole numbers"
    default:
      // The parts of JSON and YAML, by the names that their readers have for them.
      switch "\(type)".prefix(while: { $0 != "<" }) {
      case "Array", "Sequence": "list"
      case "Dictionary", "Mapping": "group of keys"
      case "Scalar": "single value"
      default: "value of type \(type)"
      }
    }
  }
}

extension CodingUserInfoKey {
  /// What messages call the recipe that is being read.
  static let recipeName = CodingUserInfoKey(rawValue: "burnish.recipe-name")
}

/// Any key there may be.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ word: String) { stringValue = word }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
