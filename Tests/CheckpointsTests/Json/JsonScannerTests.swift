import Testing

@testable import Checkpoints

@Suite struct JsonScannerTests {
  private func scan<Value>(_ text: String, _ body: (inout JsonScanner) throws -> Value) throws -> Value {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var scanner = JsonScanner(bytes)
      let value = try body(&scanner)
      try scanner.end()
      return value
    }
  }

  @Test(arguments: [
    (#""""#, ""), (#" "abc" "#, "abc"), (#""\u0041\u00e9\u20ac""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""😀é""#, "😀é"),
    (#""a\\b\"c\/d""#, #"a\b"c/d"#), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"), (#""\uD834\uDD1E""#, "𝄞"),
    (#""\u0000""#, "\0"),
    (#""\uffff\udbff\udfff""#, "\u{ffff}\u{10ffff}"),
  ])
  func readsStrings(_ text: String, _ expected: String) throws {
    #expect(try scan(text) { try $0.string() } == expected)
  }

  @Test(arguments: [("0", 0), (" 7\n", 7), ("9223372036854775807", .max), ("1234567890", 1_234_567_890)])
  func readsSizes(_ text: String, _ expected: Int) throws {
    #expect(try scan(text) { try $0.size("it") } == expected)
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-1.5e+10", "-0", "10E5", "0.0e-0", #""x""#, "[]", "{}",
    #"[1, [2, {"a": [null]}], "x"]"#,
    String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
  ])
  func skipsAnyValue(_ text: String) throws { try scan(text) { try $0.skipValue() } }

  @Test(arguments: [
    "", "nul", "nan", "inf", "0x10", "+1", "01", "-", "-inf", ".5", "1.", "1e", "1e+", "--1", "1.5.5", "1_0", "[1,]",
    "[1 2]", "{\"a\"}", "{a:1}", "'x'", "[", "{\"a\":1,}", "\"", "1 2", "tru e",
    String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
  ])
  func refusesWhatIsNoValue(_ text: String) {
    #expect(throws: CheckpointFlaw.self) { try scan(text) { try $0.skipValue() } }
  }

  @Test func placesAreTold() throws {
    let flaw = try #require(throws: CheckpointFlaw.self) { try scan("  [1, x]") { try $0.skipValue() } }
    #expect(flaw.message == "its JSON text is broken: no value at byte 6")
  }

  @Test(arguments: [
    ("plain", "'plain'"), ("", "''"), ("a\nb\u{1b}", #"'a\u{a}b\u{1b}'"#), ("\u{202e}evil", #"'\u{202e}evil'"#),
    ("é 😀", "'é 😀'"), (String(repeating: "x", count: 400), "'" + String(repeating: "x", count: 400) + "'"),
    (String(repeating: "x", count: 401), "'" + String(repeating: "x", count: 400) + "…'"),
  ])
  func quotationsAreSafeToPrint(_ text: String, _ expected: String) { #expect(text.quoted == expected) }
}
