/// Reads JSON a token at a time, strictly: no duplicate keys, no invalid UTF-8, no lone surrogates.
///
/// Foundation's parsers keep the last of two equal keys without a word, and a file in which one name stands for two
/// tensors must not load. Knowing what comes next also makes headers of thousands of tensors quick to read.
struct JsonScanner {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// Deeper nesting is refused: no checkpoint needs it, and the call stack is finite.
  private static let greatestDepth = 64

  /// Reads text that must stay in memory while the scanner is used.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// A flaw at the current place.
  func flaw(_ message: String) -> CheckpointFlaw {
    CheckpointFlaw(.malformed, "its JSON text is broken: \(message) at byte \(position)")
  }

  /// Reads an object.
  /// - Parameter member: Called after each key and its colon; reads the value.
  /// - Throws: `CheckpointFlaw`, also when a key occurs twice.
  mutating func members(_ member: (inout JsonScanner, String) throws(CheckpointFlaw) -> Void) throws(CheckpointFlaw) {
    try expect("{")
    if accept("}") { return }
    var seen: Set<String> = []
    repeat {
      skipSpace()
      let key = try string()
      guard seen.insert(key).inserted else { throw flaw("the key \(key.quoted) occurs twice, again") }
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  /// Reads an array.
  /// - Parameter element: Called at each element; reads it.
  /// - Throws: `CheckpointFlaw`.
  mutating func elements(_ element: (inout JsonScanner) throws(CheckpointFlaw) -> Void) throws(CheckpointFlaw) {
    try expect("[")
    if accept("]") { return }
    repeat { try element(&self) } while accept(",")
    try expect("]")
  }

  /// Reads a number that is whole, not negative, and fits 64 bits.
  /// - Parameter what: What the number is, for messages.
  mutating func size(_ what: @autoclosure () -> String) throws(CheckpointFlaw) -> Int {
    skipSpace()
    let start = position
    if peek() == UInt8(ascii: "-") { throw flaw("a negative number as \(what())") }
    var value = 0
    while let digit = peek(), Self.digits.contains(digit) {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw flaw("a number beyond 64 bits as \(what())") }
      value = sum
      position += 1
    }
    guard position > start else { throw flaw("no whole number as \(what())") }
    guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else { throw flaw("a leading zero in \(what())") }
    if let next = peek(), [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next) {
      throw flaw("a number that is not whole as \(what())")
    }
    return value
  }

  /// Reads a string.
  mutating func string() throws(CheckpointFlaw) -> String {
    try expect("\"")
    let start = position
    while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    if peek() == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try text(bytes[start..<position])
    }
    var unescaped = Array(bytes[start..<position])
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(unescaped)
      case UInt8(ascii: "\\"): try escape(into: &unescaped)
      case 0..<0x20: throw flaw("a bare control character in a string")
      default: unescaped.append(byte)
      }
    }
    throw flaw("a string without end")
  }

  /// Reads a value of any kind and drops it.
  /// - Parameter depth: How deep the value already lies.
  mutating func skipValue(depth: Int = 0) throws(CheckpointFlaw) {
    guard depth < Self.greatestDepth else { throw flaw("nesting deeper than \(Self.greatestDepth) levels") }
    skipSpace()
    switch peek() {
    case UInt8(ascii: "{"):
      try members { (scanner, _) throws(CheckpointFlaw) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["): try elements { (scanner) throws(CheckpointFlaw) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    default: try skipWord()
    }
  }

  /// Checks that nothing but white space is left.
  mutating func end() throws(CheckpointFlaw) {
    skipSpace()
    guard position == bytes.count else { throw flaw("text after the closing brace") }
  }

  /// True when the next token begins with this character.
  mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return peek() == UInt8(ascii: character)
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointFlaw) {
    guard accept(character) else {
      throw flaw(position < bytes.count ? "no '\(character)'" : "the text ends where '\(character)' should stand")
    }
  }

  /// Numbers and the words true, false and null.
  private mutating func skipWord() throws(CheckpointFlaw) {
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return
    }
    _ = take("-")
    if !take("0") { try skipDigits() }
    if take(".") { try skipDigits() }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      try skipDigits()
    }
  }

  private mutating func skipDigits() throws(CheckpointFlaw) {
    let start = position
    while let byte = peek(), Self.digits.contains(byte) { position += 1 }
    guard position > start else { throw flaw("no value") }
  }

  /// Goes past a character when it stands right here.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private func text(_ content: some Collection<UInt8>) throws(CheckpointFlaw) -> String {
    guard let text = String(validating: content, as: UTF8.self) else { throw flaw("a string that is not UTF-8 ends") }
    return text
  }

  /// What follows a backslash.
  private mutating func escape(into text: inout [UInt8]) throws(CheckpointFlaw) {
    guard let byte = peek() else { throw flaw("a string without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &text)
    default: throw flaw("an unknown escape in a string")
    }
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws(CheckpointFlaw) {
    let first = try codeUnit()
    var code = first
    if first >> 10 == 0xd800 >> 10 {
      guard peek() == UInt8(ascii: "\\") else { throw flaw("half a surrogate pair") }
      position += 1
      guard peek() == UInt8(ascii: "u") else { throw flaw("half a surrogate pair") }
      position += 1
      let second = try codeUnit()
      guard second >> 10 == 0xdc00 >> 10 else { throw flaw("half a surrogate pair") }
      code = 0x10000 + (first & 0x3ff) << 10 + second & 0x3ff
    }
    guard let scalar = Unicode.Scalar(code) else { throw flaw("half a surrogate pair") }
    text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
  }

  private mutating func codeUnit() throws(CheckpointFlaw) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw flaw("a \\u escape without four hexadecimal digits")
      }
      value = value << 4 + UInt32(digit)
      position += 1
    }
    return value
  }
}
