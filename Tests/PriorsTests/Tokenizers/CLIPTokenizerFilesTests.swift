import Foundation
import Priors
import TestSupport
import Testing

/// What a tokenizer says to files that are absent or damaged.
struct CLIPTokenizerFilesTests {
  private func open(replacing files: [String: String?]) throws -> CLIPTokenizer {
    let folder = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] where files[name] == nil {
      try folder.write(Data(contentsOf: URL(fileURLWithPath: CLIPTokenizerTests.folder + "/" + name)), to: name)
    }
    for case (let name, let text?) in files { try folder.write(text.utf8, to: name) }
    return try CLIPTokenizer(folder: folder.path)
  }

  @Test(arguments: ["vocab.json", "merges.txt"]) func namesAnAbsentFile(_ name: String) throws {
    let error = #expect(throws: TokenizerError.self) { try open(replacing: [name: nil as String?]) }
    #expect(error?.code == .unreadable)
    #expect(
      error?.message.hasSuffix(
        "it has no \(name); a CLIP tokenizer is a folder with vocab.json and merges.txt.") == true,
      "\(String(describing: error))")
  }

  @Test(arguments: [
    ("vocab.json", "", "vocab.json: it is not a JSON object of symbols and whole numbers"),
    ("vocab.json", "[1]", "vocab.json: it is not a JSON object"),
    ("vocab.json", #"{"!": 0.5}"#, "vocab.json: it is not a JSON object"),
    ("vocab.json", #"{"!": -1}"#, #"the id of "!" is -1"#),
    ("vocab.json", #"{"!": 9999999999}"#, #"the id of "!" is 9999999999"#),
    ("vocab.json", #"{"a": 0, "b": 1}"#, "so it is no byte-level vocabulary"),
    ("merges.txt", "#version: 0.2\ni\n", #"merges.txt: line 2, "i", is not a pair of symbols"#),
    ("merges.txt", "i n g\n", #"line 1, "i n g", is not a pair"#),
    ("merges.txt", " n\n", #"line 1, " n", is not a pair"#),
    ("merges.txt", "i n\n\u{1}zz q\n", #"line 2 needs the symbol "\u{01}zz", which vocab.json lacks"#),
    ("merges.txt", "i n\nq z\n", #"line 2 needs the symbol "qz", which vocab.json lacks; the two files"#),
    ("tokenizer_config.json", "[]", "tokenizer_config.json: it is not a JSON object"),
    ("tokenizer_config.json", #"{"pad_token": 3}"#, "tokenizer_config.json: pad_token is not a token"),
    ("tokenizer_config.json", #"{"eos_token": "<eos>"}"#, #"vocab.json: the end token "<eos>" is missing"#),
    ("tokenizer_config.json", #"{"model_max_length": 2}"#, "model_max_length must be a number of at least 3"),
    ("tokenizer_config.json", #"{"model_max_length": "x"}"#, "model_max_length must be a number of at least 3"),
    ("special_tokens_map.json", "{", "special_tokens_map.json: it is not a JSON object"),
    ("special_tokens_map.json", #"{"pad_token": ""}"#, "special_tokens_map.json: pad_token is not a token"),
    ("special_tokens_map.json", #"{"pad_token": "[PAD]"}"#, #"vocab.json: the padding token "[PAD]" is missing"#),
  ])
  func saysWhatIsWrong(file: String, text: String, words: String) throws {
    let error = #expect(throws: TokenizerError.self) { try open(replacing: [file: text]) }
    #expect(error?.code == .malformed)
    #expect(error?.message.hasPrefix("Could not open the tokenizer '") == true)
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func refusesBytesThatAreNoText() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Data(contentsOf: URL(fileURLWithPath: CLIPTokenizerTests.folder + "/vocab.json")), to: "vocab.json")
    try folder.write([0x69, 0x20, 0xff, 0x0a], to: "merges.txt")
    let error = #expect(throws: TokenizerError.self) { try CLIPTokenizer(folder: folder.path) }
    #expect(error?.message.contains("merges.txt: it is not UTF-8 text") == true)
  }

  @Test func readsLinesThatEndInCarriageReturns() throws {
    let merges = try String(contentsOfFile: CLIPTokenizerTests.folder + "/merges.txt", encoding: .utf8)
    let tokenizer = try open(replacing: ["merges.txt": merges.replacingOccurrences(of: "\n", with: "\r\n")])
    #expect(tokenizer.encode("a photo of a cat") == [1412, 320, 960, 640, 320, 1016, 1413])
  }
}
