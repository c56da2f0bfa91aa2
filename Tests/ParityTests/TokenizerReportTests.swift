import Foundation
import TestSupport
import Testing

@testable import parity

struct TokenizerReportTests {
  private let folder = Fixture.path("Tokenizers/clip")

  private func run(_ cases: String, in tokenizer: String? = nil) throws -> ReportLine {
    let temporary = try TemporaryFolder()
    let path = try temporary.write(cases.utf8, to: "cases.json")
    return TokenizerReport.lines(.clip, tokenizer ?? folder, cases: path)
  }

  @Test func passesTheReference() {
    let line = TokenizerReport.lines(.clip, folder, cases: folder + "/cases.json")
    #expect(line.text == "79  79  PASS")
    #expect(line.passed && line.notes.isEmpty)
  }

  @Test func passesTheReferenceOfT5() {
    let folder = Fixture.path("Tokenizers/t5")
    let line = TokenizerReport.lines(.t5, folder, cases: folder + "/cases.json")
    #expect(line.text == "89  89  PASS")
    #expect(line.passed && line.notes.isEmpty)
  }

  @Test(arguments: [("pad_id", 9, 0), ("eos_id", 9, 1), ("unk_id", 9, 2)])
  func comparesT5sSpecialTokens(key: String, said: Int, found: Int) throws {
    let temporary = try TemporaryFolder()
    let path = try temporary.write(
      #"{"\#(key)": \#(said), "cases": [{"text": "a", "ids": [5, 1]}]}"#.utf8, to: "cases.json")
    let line = TokenizerReport.lines(.t5, Fixture.path("Tokenizers/t5"), cases: path)
    #expect(line.text == #""a"  [5, 1]  [29, 1]"# + "\n1  0  FAIL")
    let words = "\(key) is \(said) in the cases and \(found) in the folder"
    #expect(line.notes.contains { $0.contains(words) && $0.contains("1200 entries") }, "\(line.notes)")
  }

  @Test(arguments: [("tokenizer_3", "spiece.model"), ("tokenizer_2", "tokenizer.json")])
  func findsT5sTokenizerOfAModel(part: String, file: String) throws {
    let folder = Fixture.path("Tokenizers/t5")
    let model = try TemporaryFolder()
    // SD 3 has a tokenizer of CLIP's kind beside it.
    try model.write("{}".utf8, to: "tokenizer_2/vocab.json")
    try model.write(Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)), to: part + "/" + file)
    #expect(TokenizerReport.lines(.t5, model.path, cases: folder + "/cases.json").text == "89  89  PASS")
  }

  @Test func givesALineToEachCaseThatDiffers() throws {
    let line = try run(
      #"{"cases": [{"text": "a", "ids": [1412, 320, 1413]}, {"text": "a\n\"b\"", "ids": [1412, 1413]}]}"#)
    #expect(line.text == #""a\n\"b\""  [1412, 1413]  [1412, 320, 257, 321, 257, 1413]"# + "\n2  1  FAIL")
    #expect(!line.passed)
    #expect(line.notes.isEmpty)
  }

  @Test func saysWhenTheVocabularyIsAnother() throws {
    let line = try run(#"{"vocabulary": "Esperanto", "eos_id": 7, "cases": [{"text": "a", "ids": [6, 1, 7]}]}"#)
    #expect(line.text.hasSuffix("\n1  0  FAIL"))
    for words in ["does not hold the vocabulary of", "eos_id is 7 in the cases and 1413", "1414 entries", "Esperanto"] {
      #expect(line.notes.contains { $0.contains(words) }, "\(line.notes)")
    }
  }

  @Test func findsTheTokenizerOfAModel() throws {
    let model = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] {
      try model.write(Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)), to: "tokenizer/" + name)
    }
    #expect(TokenizerReport.lines(.clip, model.path, cases: folder + "/cases.json").text == "79  79  PASS")
  }

  @Test(arguments: [
    "", "{}", #"{"cases": []}"#, #"{"cases": [{"text": "a"}]}"#, #"{"cases": [{"text": "a", "ids": ["b"]}]}"#,
  ])
  func failsForWhatIsNoCaseFile(_ text: String) throws {
    let line = try run(text)
    #expect(line.text == "0  0  FAIL")
    #expect(line.notes.contains { $0.contains("is not a case file") }, "\(line.notes)")
  }

  @Test func failsWithoutATokenizer() throws {
    let empty = try TemporaryFolder()
    let line = TokenizerReport.lines(.clip, empty.path, cases: folder + "/cases.json")
    #expect(line.text == "0  0  FAIL")
    #expect(line.notes.contains { $0.contains("it has no vocab.json") }, "\(line.notes)")
    let t5 = TokenizerReport.lines(.t5, empty.path, cases: Fixture.path("Tokenizers/t5/cases.json"))
    #expect(t5.notes.contains { $0.contains("it has neither spiece.model nor tokenizer.json") }, "\(t5.notes)")
  }
}
