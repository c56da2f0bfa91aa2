extension KeyedDecodingContainer {
  /// Reads a value where the key is present.
  func read<Value: Decodable>(_ key: Key, into field: inout Value) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { field = value }
  }

  /// Refuses a value that was read.
  func require(_ condition: Bool, _ key: Key, _ message: @autoclosure () -> String) throws {
    guard condition else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: message())
    }
  }
}
