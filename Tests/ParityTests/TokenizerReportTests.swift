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
  }
}
