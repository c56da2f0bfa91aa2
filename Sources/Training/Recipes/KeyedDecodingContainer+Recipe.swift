extension KeyedDecodingContainer {
  /// Reads a value where the key is present.
  func read<Value: Decodable>(_ key: Key, into field: inout Value) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { field = value }
  }

  /// Reads one of a few words where the key is present; another one is refused with those that there are.
  func readChoice<Choice: RawRepresentable<String> & CaseIterable>(_ key: Key, into field: inout Choice) throws {
    guard let word = try decodeIfPresent(String.self, forKey: key) else { return }
    let known = Choice.allCases.map(\.rawValue)
    try require(
      known.contains(word), key,
      "'\(word)' is not known; it takes \(known.dropLast().joined(separator: ", ")) and \(known.last ?? "")")
    field = Choice(rawValue: word) ?? field
  }

  /// Refuses a value that was read.
  func require(_ condition: Bool, _ key: Key, _ message: @autoclosure () -> String) throws {
    guard condition else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: message())
    }
  }

  /// Refuses a share outside of 0…1.
  func requireShare(_ share: Double, _ key: Key) throws {
    try require((0...1).contains(share), key, "the share is \(share); it must be within 0…1")
  }

  /// Refuses a factor below 0.
  func requireFactor(_ factor: Double, _ key: Key) throws {
    try require(factor >= 0 && factor.isFinite, key, "the factor is \(factor); it must be at least 0")
  }
}
