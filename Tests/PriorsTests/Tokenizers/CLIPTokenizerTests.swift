import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// Ids of the published tokenizers: `Tests/Fixtures/Tokenizers/README.md`.
struct CLIPTokenizerTests {
  struct Cases: Decodable {
    struct Case: Decodable {
      let text: String
      let ids: [Int]
    }
    let cases: [Case]
  }

  static let folder = Fixture.path("Tokenizers/clip")

  private func cases(_ name: String) throws -> [Cases.Case] {
    let json = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name))
    return try JSONDecoder().decode(Cases.self, from: json).cases
  }

  /// The tiny vocabulary, beside further files.
  private func tokenizer(with files: [String: String]) throws -> CLIPTokenizer {
    let folder = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] {
      try folder.write(Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name)), to: name)
    }
    for (name, text) in files { try folder.write(text.utf8, to: name) }
    return try CLIPTokenizer(folder: folder.path)
  }

  @Test func givesTheIDsOfTheReference() throws {
    let tokenizer = try CLIPTokenizer(folder: Self.folder)
    // Twice: the second time, words come from the cache.
    for _ in 0..<2 {
      for test in try cases("cases.json") { #expect(tokenizer.encode(test.text) == test.ids, "\(test.text)") }
    }
    #expect(tokenizer.startID == 1412)
    #expect(tokenizer.endID == 1413)
    #expect(tokenizer.vocabularySize == 1414)
  }

  /// The published vocabulary is not stored here, but its first 512 entries are known: the bytes, and the bytes that end a
  /// word. Texts whose published ids are all among them need no more.
  @Test func knowsTheBytesOfThePublishedVocabulary() throws {
    var vocabulary = ["<|startoftext|>": 49406, "<|endoftext|>": 49407]
    // The printable bytes come first, then the others, each in their order.
    let printable = Array(33...126) + Array(161...172) + Array(174...255)
    let characters = printable + Array(256..<256 + 68)
    for (id, code) in characters.enumerated() {
      let symbol = try String(#require(Unicode.Scalar(UInt32(code))))
      vocabulary[symbol] = id
      vocabulary[symbol + "</w>"] = 256 + id
    }
    let folder = try TemporaryFolder()
    try folder.write(JSONEncoder().encode(vocabulary), to: "vocab.json")
    try folder.write("#version: 0.2\n".utf8, to: "merges.txt")
    let tokenizer = try CLIPTokenizer(folder: folder.path)
    let known = try cases("real-vocabulary-cases.json").filter { $0.ids.allSatisfy { $0 < 512 || $0 > 49405 } }
    #expect(known.map(\.text) == ["高清照片", "!", "", "a"])
    for test in known { #expect(tokenizer.encode(test.text) == test.ids, "\(test.text)") }
  }

  @Test func fillsUpTo77() throws {
    let tokenizer = try CLIPTokenizer(folder: Self.folder)
    let ids = tokenizer.encodePadded("a photo")
    #expect(ids.count == 77)
    #expect(ids.prefix(4) == [1412, 320, 960, 1413])
    #expect(ids.dropFirst(4).allSatisfy { $0 == tokenizer.endID })
    #expect(tokenizer.encodePadded("a", padID: 0).suffix(74).allSatisfy { $0 == 0 })
    let batch = try tokenizer.ids_BL(["", "a photo"], padID: 5)
    #expect(batch.shape == [2, 77])
    #expect(batch.dtype == .int64)
    #expect(try batch.integers() == tokenizer.encodePadded("", padID: 5) + tokenizer.encodePadded("a photo", padID: 5))
  }

  @Test func cutsWhatIsTooLong() throws {
    let tokenizer = try CLIPTokenizer(folder: Self.folder)
    for text in [String(repeating: "a ", count: 100), String(repeating: "zq", count: 5000)] {
      let ids = tokenizer.encode(text)
      #expect(ids.count == 77)
      #expect(ids.first == 1412 && ids.last == 1413)
      #expect(tokenizer.encodePadded(text) == ids)
    }
    #expect(tokenizer.encode(String(repeating: "a ", count: 75)).count == 77)
    #expect(tokenizer.encode(String(repeating: "a ", count: 74)).count == 76)
    #expect(tokenizer.encode(String(repeating: "<|endoftext|>", count: 100)).count == 77)
  }

  struct Padding: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var config: String?
    var map: String?
    let id: Int
  }

  @Test(arguments: [
    Padding(testDescription: "neither file", id: 1413),
    Padding(testDescription: "SD 1.x", config: #"{"pad_token": "<|endoftext|>"}"#, id: 1413),
    Padding(
      testDescription: "SD 2.x", config: #"{"pad_token": "<|endoftext|>", "model_max_length": 77}"#,
      map: #"{"pad_token": "!"}"#, id: 0),
    Padding(testDescription: "only the map", map: #"{"pad_token": {"content": "!", "special": true}}"#, id: 0),
    Padding(
      testDescription: "SDXL's second", config: ##"{"pad_token": "!", "added_tokens_decoder": {}}"##,
      map: ##"{"pad_token": "#"}"##, id: 0),
    Padding(testDescription: "null", config: #"{"pad_token": null}"#, id: 1413),
  ])
  func padsAsItsFilesSay(_ padding: Padding) throws {
    var files: [String: String] = [:]
    files["tokenizer_config.json"] = padding.config
    files["special_tokens_map.json"] = padding.map
    let tokenizer = try tokenizer(with: files)
    #expect(tokenizer.padID == padding.id)
    #expect(tokenizer.encodePadded("").last == padding.id)
    // A typed "!" is a word all the same.
    #expect(tokenizer.encode("!") == [1412, 256, 1413])
  }

  @Test(arguments: [("12", 12), ("1e30", 77), ("null", 77)]) func takesItsLength(said: String, length: Int) throws {
    let tokenizer = try tokenizer(with: ["tokenizer_config.json": #"{"model_max_length": \#(said)}"#])
    #expect(tokenizer.length == length)
    #expect(tokenizer.encodePadded("a b c d e f g h i j k l m n o").count == length)
  }

  @Test func takesOtherSpecialTokens() throws {
    let config = #"{"bos_token": "a", "eos_token": {"content": "b"}, "pad_token": "c"}"#
    let tokenizer = try tokenizer(with: ["tokenizer_config.json": config])
    #expect(tokenizer.encode("?") == [64, 286, 65])
    #expect(tokenizer.padID == 66)
  }

  @Test func worksOnSeveralTasksAtOnce() async throws {
    let tokenizer = try CLIPTokenizer(folder: Self.folder)
    let texts = try cases("cases.json").map(\.text)
    let alone = texts.map { tokenizer.encode($0) }
    let fresh = try CLIPTokenizer(folder: Self.folder)
    await withTaskGroup(of: [[Int]].self) { group in
      for _ in 0..<8 { group.addTask { texts.map { fresh.encode($0) } } }
      for await found in group { #expect(found == alone) }
    }
  }
}
