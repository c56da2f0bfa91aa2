import Foundation
import Priors
import TestSupport
import Testing

/// What a T5 tokenizer says to files that are absent, damaged or another tokenizer's.
struct T5TokenizerFilesTests {
  private func open(_ files: [String: [UInt8]]) throws -> T5Tokenizer {
    let folder = try TemporaryFolder()
    for (name, bytes) in files { try folder.write(bytes, to: name) }
    return try T5Tokenizer(folder: folder.path)
  }

  private func expect(_ files: [String: [UInt8]], _ words: String) {
    let error = #expect(throws: TokenizerError.self) { try open(files) }
    #expect(error?.code == .malformed)
    #expect(error?.message.hasPrefix("Could not open the tokenizer '") == true)
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func namesTheAbsentFiles() throws {
    let error = #expect(throws: TokenizerError.self) { try open([:]) }
    #expect(error?.code == .unreadable)
    #expect(
      error?.message.hasSuffix(
        "it has neither spiece.model nor tokenizer.json; a T5 tokenizer is a folder with one of them.") == true,
      "\(String(describing: error))")
  }

  // MARK: spiece.model

  /// A sound piece of the control tokens and one letter.
  private struct Piece {
    var text = Array("▁a".utf8)
    var score: Float = -1
    var kind: UInt64 = 1

    var message: [UInt8] {
      var writer = ProtobufWriter()
      writer.bytes(1, text)
      writer.float(2, score)
      writer.varint(3, kind)
      return writer.bytes
    }
  }

  private static let control = [
    Piece(text: Array("<pad>".utf8), score: 0, kind: 3), Piece(text: Array("</s>".utf8), score: 0, kind: 3),
    Piece(text: Array("<unk>".utf8), score: 0, kind: 2),
  ]

  private func model(_ pieces: [Piece], _ change: (inout ProtobufWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = ProtobufWriter()
    for piece in pieces { writer.bytes(1, piece.message) }
    change(&writer)
    return writer.bytes
  }

  /// A message with one number.
  private func message(_ field: Int, _ value: UInt64) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.varint(field, value)
    return writer.bytes
  }

  @Test func needsOnlyThePieces() throws {
    let tokenizer = try open(["spiece.model": model(Self.control + [Piece()])])
    #expect(tokenizer.encode("a  b") == [3, 2, 1])
    #expect(tokenizer.encode("a <extra_id_99>") == [3, 4, 1])
    #expect(tokenizer.vocabularySize == 104)
  }

  @Test func unusedPiecesAreNotUsed() throws {
    let tokenizer = try open(["spiece.model": model(Self.control + [Piece(kind: 5)])])
    #expect(tokenizer.encode("a") == [2, 1])
  }

  @Test func sentinelsInTheModelAreItsOwn() throws {
    let sentinel = Piece(text: Array("<extra_id_0>".utf8), score: 0, kind: 4)
    let tokenizer = try open(["spiece.model": model(Self.control + [Piece(), sentinel])])
    #expect(tokenizer.vocabularySize == 5)
    #expect(tokenizer.encode("a<extra_id_0>") == [3, 4, 1])
  }

  @Test func saysWhatIsWrongWithPieces() {
    expect(["spiece.model": []], "spiece.model: it has no pieces")
    expect(["spiece.model": Array("<html>not a model</html>".utf8)], "spiece.model: ")
    expect(["spiece.model": model([Piece()])], "it has no unknown piece")
    expect(["spiece.model": model(Self.control + [Piece(text: [])])], "piece 3 is empty")
    expect(["spiece.model": model(Self.control + [Piece(text: [0xff])])], "piece 3 is not UTF-8 text")
    expect(["spiece.model": model(Self.control + [Piece(score: .nan)])], "the score of piece 3 is nan")
    expect(["spiece.model": model(Self.control + [Piece(kind: 9)])], "piece 3 is of the unknown kind 9")
    expect(["spiece.model": model(Self.control + [Piece(kind: 6)])], "piece 3 stands for a byte")
    expect(
      ["spiece.model": model([Self.control[0], Self.control[2]])], #"it has no end token "</s>", so it is not T5's"#)
    expect(["spiece.model": model([Self.control[1], Self.control[2]])], #"it has no padding token "<pad>""#)
    expect(["spiece.model": model(Self.control) { $0.bytes(1, [0x0a, 9]) }], "ends in the middle of a field")
  }

  @Test func saysWhatIsWrongWithChoices() {
    expect(
      ["spiece.model": model(Self.control) { $0.bytes(2, message(3, 2)) }],
      "its model is of sentencepiece's kind 2; T5 has a unigram model")
    for (field, name) in [(3, "add_dummy_prefix"), (4, "remove_extra_whitespaces"), (5, "escape_whitespaces")] {
      expect(["spiece.model": model(Self.control) { $0.bytes(3, message(field, 0)) }], "its \(name) is off")
    }
  }

  @Test(
    arguments: [
      ([1], "says that 1 of its 1 bytes are a trie"), ([4, 0, 0, 0], "says that 4 of its 4 bytes"),
      ([0, 0, 0, 0, 0], "says that 0 of its 5 bytes"), ([3, 0, 0, 0, 1, 1, 1, 0], "says that 3 of its 8 bytes"),
      ([255, 255, 255, 255, 1, 1, 1, 0], "says that 4294967295 of its 8 bytes"),
      ([4, 0, 0, 0, 1, 1, 1, 1], "are not UTF-8 text that ends in a zero"),
      ([4, 0, 0, 0, 1, 1, 1, 1, 65], "are not UTF-8 text that ends in a zero"),
      ([4, 0, 0, 0, 1, 1, 1, 1, 255, 0], "are not UTF-8 text that ends in a zero"),
    ] as [([UInt8], String)])
  func saysWhatIsWrongWithTheMap(map: [UInt8], words: String) {
    var rewriting = ProtobufWriter()
    rewriting.bytes(2, map)
    expect(["spiece.model": model(Self.control) { $0.bytes(3, rewriting.bytes) }], words)
  }

  /// A map whose trie leads anywhere is read like one that has nothing there.
  @Test func survivesMapsOfNoise() throws {
    var state: UInt64 = 7
    for _ in 0..<50 {
      var map: [UInt8] = [0, 4, 0, 0]
      for _ in 0..<1024 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        map.append(UInt8(state >> 56))
      }
      map += Array("text".utf8) + [0]
      var rewriting = ProtobufWriter()
      rewriting.bytes(2, map)
      let tokenizer = try open(["spiece.model": model(Self.control + [Piece()]) { $0.bytes(3, rewriting.bytes) }])
      let text = String(String.UnicodeScalarView((0..<400).compactMap { Unicode.Scalar(UInt32($0 * 37)) }))
      #expect(tokenizer.encode(text).last == 1)
    }
  }

  /// Wherever a published file is cut or changed, it is read or refused.
  @Test func survivesDamageAnywhere() throws {
    let whole = model(Self.control + [Piece()]) { $0.bytes(2, message(3, 1)) }
    for position in whole.indices {
      _ = try? open(["spiece.model": Array(whole[..<position])])
      for value in [0, 0x7f, 0x80, 0xff] as [UInt8] {
        var changed = whole
        changed[position] = value
        do { _ = try open(["spiece.model": changed]) } catch { #expect(error is TokenizerError) }
      }
    }
  }

  @Test(arguments: ["-1", "1.5", "\"x\"", "100000"]) func saysWhatIsWrongWithTheSentinels(said: String) {
    expect(
      ["spiece.model": model(Self.control), "tokenizer_config.json": Array(#"{"extra_ids": \#(said)}"#.utf8)],
      "tokenizer_config.json: extra_ids must be a whole number")
  }

  // MARK: tokenizer.json

  @Test(arguments: [
    ("[]", "tokenizer.json: it is not a JSON object"), ("{", "it is not a JSON object"),
    (#"{"model": {"type": "BPE", "vocab": {}}}"#, "it has no unigram model"),
    (#"{"model": {"vocab": []}}"#, "it has no unigram model"),
    (#"{"model": {"vocab": [["a", 0]], "byte_fallback": true}}"#, "its model falls back to bytes"),
    (#"{"model": {"vocab": [["a", 0]]}}"#, "its unk_id is not one of its 1 pieces"),
    (#"{"model": {"vocab": [["a", 0]], "unk_id": 1}}"#, "its unk_id is not one of its 1 pieces"),
    (#"{"model": {"vocab": [["a", 0]], "unk_id": 0}}"#, #"it does not begin every word with "▁""#),
    (#"{"pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "never"}, M}"#, "it does not begin every word"),
    (#"{"pre_tokenizer": {"type": "Metaspace"}, "normalizer": {"type": "Lowercase"}, M}"#, #"by "Lowercase", which"#),
    (
      #"{"pre_tokenizer": {"type": "Metaspace"}, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "?"}, M}"#,
      "its precompiled_charsmap is not base64"
    ),
    (
      #"{"pre_tokenizer": {"type": "Metaspace"}, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "AQ=="}, M}"#,
      "tokenizer.json: its map of characters says that 1 of its 1 bytes"
    ),
    (
      #"{"pre_tokenizer": {"type": "Metaspace"}, "added_tokens": [{"content": "<pad>", "id": -1}], M}"#,
      "entry 0 of added_tokens"
    ),
    (#"{"pre_tokenizer": {"type": "Metaspace"}, "added_tokens": [5], M}"#, "entry 0 of added_tokens"),
    (#"{"pre_tokenizer": {"type": "Metaspace"}, M}"#, #"it has no end token "</s>""#),
    (
      #"{"pre_tokenizer": {"type": "Metaspace"}, "model": {"vocab": [["a", 0], ["b"]], "unk_id": 0}}"#,
      "entry 1 of the vocabulary is not a piece and its score"
    ),
    (
      #"{"pre_tokenizer": {"type": "Metaspace"}, "model": {"vocab": [["a", 0], ["", 1]], "unk_id": 0}}"#,
      "entry 1 of the vocabulary is not a piece and its score"
    ),
  ])
  func saysWhatIsWrongWithJSON(text: String, words: String) {
    let sound = #""model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 0}"#
    expect(["tokenizer.json": Array(text.replacingOccurrences(of: "M}", with: sound + "}").utf8)], words)
  }

  @Test func readsOlderFastTokenizers() throws {
    let tokenizer = try open([
      "tokenizer.json": Array(
        """
        {"normalizer": null,
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
          {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]},
         "added_tokens": [{"id": 0, "content": "<pad>"}, {"id": 1, "content": "</s>"}, {"id": 9, "content": "<extra_id_0>"}],
         "model": {"unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁a", -1], ["▁", -1]]}}
        """.utf8)
    ])
    #expect(tokenizer.encode(" a  a <extra_id_0>b") == [3, 3, 9, 4, 2, 1])
    #expect(tokenizer.vocabularySize == 10)
  }
}
