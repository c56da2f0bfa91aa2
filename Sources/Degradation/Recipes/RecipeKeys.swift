/// Reading recipes that people wrote: what is left out keeps its default, and what no recipe knows is an error that names it.
struct RecipeKeys<Key: CodingKey & CaseIterable> {
  private let values: KeyedDecodingContainer<Key>
  private let place: String

  /// - Parameters:
  ///   - decoder: At the part of the recipe.
  ///   - part: What to call that part in messages.
  /// - Throws: `DegradationError` for a key that is not among `Key`.
  init(_ decoder: any Decoder, part: String, by type: Key.Type = Key.self) throws {
    let known = Key.allCases.map(\.stringValue)
    let all = try decoder.container(keyedBy: AnyKey.self)
    if let stranger = all.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
      throw DegradationError(
        .recipe,
        "reading the \(part) of a degradation recipe: '\(stranger)' is not known; there are \(known.joined(separator: ", "))"
      )
    }
    values = try decoder.container(keyedBy: Key.self)
    place = part
  }

  /// Sets a variable from a key that may be left out.
  func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
    do {
      value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
    } catch let error as DecodingError {
      throw DegradationError(
        .recipe, "reading '\(key.stringValue)' in the \(place) of a degradation recipe: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(let type, _): "a value of type \(type) is needed"
    case .valueNotFound(let type, _): "a value of type \(type) is missing"
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .dataCorrupted(let context): context.debugDescription
    @unknown default: String(describing: error)
    }
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// Checks of numbers that a recipe gives.
enum RecipeCheck {
  static func probability(_ value: Double, _ name: String) throws {
    guard (0...1).contains(value) else {
      throw DegradationError(.recipe, "checking a degradation recipe: \(name) is \(value); it must be from 0 to 1")
    }
  }

  static func range<Bound: Comparable>(_ range: ClosedRange<Bound>, within limits: ClosedRange<Bound>, _ name: String)
    throws
  {
    guard limits.contains(range.lowerBound), limits.contains(range.upperBound) else {
      throw DegradationError(
        .recipe,
        "checking a degradation recipe: \(name) is \(range.lowerBound) to \(range.upperBound); it must lie from "
          + "\(limits.lowerBound) to \(limits.upperBound)")
    }
  }

  static func weights<Name: Hashable>(_ weights: [Name: Double], _ name: String) throws {
    guard weights.values.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.values.contains(where: { $0 > 0 }) else {
      throw DegradationError(
        .recipe,
        "checking a degradation recipe: the weights of \(name) are \(weights.values.sorted()); none may be below 0 and one must be above"
      )
    }
  }
}
