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
}
