import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// Ids of the published tokenizers: `Tests/Fixtures/Tokenizers/README.md`.
struct T5TokenizerTests {
  private struct Cases: Decodable {
    struct Case: Decodable {
      let text: String
      let ids: [Int]
    }
    let cases: [Case]
    let pad_id: Int
    let eos_id: Int
    let unk_id: Int
  }

  static let folder = Fixture.path("Tokenizers/t5")

  private func cases() throws -> Cases {
    try JSONDecoder().decode(
      Cases.self, from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/cases.json")))
  }

  /// A tokenizer from one of the files alone.
  private func tokenizer(from name: String) throws -> T5Tokenizer {
    let folder = try TemporaryFolder()
    try folder.write(Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name)), to: name)
    return try T5Tokenizer(folder: folder.path)
  }

  @Test(arguments: ["spiece.model", "tokenizer.json"]) func givesTheIDsOfTheReference(file: String) throws {
    let tokenizer = try tokenizer(from: file)
    let cases = try cases()
    #expect(cases.cases.count == 89)
    // Twice: the second time, words come from the cache.
    for _ in 0..<2 {
      for test in cases.cases { #expect(tokenizer.encode(test.text, length: 77) == test.ids, "\(test.text)") }
    }
    #expect(tokenizer.padID == cases.pad_id)
    #expect(tokenizer.endID == cases.eos_id)
    #expect(tokenizer.unknownID == cases.unk_id)
    #expect(tokenizer.vocabularySize == 1200)
  }

  @Test func cutsBeforeTheEnd() throws {
    let tokenizer = try T5Tokenizer(folder: Self.folder)
    let whole = tokenizer.encode("a photo of a cat")
    #expect(whole == [29, 206, 69, 29, 411, 1])
    #expect(tokenizer.encode("a photo of a cat", length: 6) == whole)
    #expect(tokenizer.encode("a photo of a cat", length: 5) == [29, 206, 69, 29, 1])
    for length in [1, 0, -5] { #expect(tokenizer.encode("a photo", length: length) == [1]) }
    #expect(
      tokenizer.encode(String(repeating: "<extra_id_3>", count: 50), length: 7) == Array(repeating: 1196, count: 6) + [
        1
      ])
    #expect(tokenizer.encode(String(repeating: "a ", count: 1000)).count == 1001)
  }

  @Test func fillsUpWithZero() throws {
    let tokenizer = try T5Tokenizer(folder: Self.folder)
    #expect(tokenizer.encodePadded("a photo", length: 6) == [29, 206, 1, 0, 0, 0])
    let batch = try tokenizer.ids_BL(["", "a photo of a cat"], length: 4)
    #expect(batch.shape == [2, 4])
    #expect(batch.dtype == .int64)
    #expect(try batch.integers() == [1, 0, 0, 0, 29, 206, 69, 1])
    let error = #expect(throws: TorchError.self) { try tokenizer.ids_BL(["a"], length: 0) }
    #expect(error?.message.contains("at least 1 id") == true)
  }

  @Test(arguments: [(3, 1103, [1102, 1]), (0, 1100, [28])]) func hasAsManySentinelsAsItsFileSays(
    said: Int, count: Int, ids: [Int]
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write(Data(contentsOf: URL(fileURLWithPath: Self.folder + "/spiece.model")), to: "spiece.model")
    try folder.write(#"{"extra_ids": \#(said)}"#.utf8, to: "tokenizer_config.json")
    let tokenizer = try T5Tokenizer(folder: folder.path)
    #expect(tokenizer.vocabularySize == count)
    #expect(tokenizer.encode("<extra_id_0>").starts(with: ids))
  }

  @Test func worksOnSeveralTasksAtOnce() async throws {
    let texts = try cases().cases.map(\.text)
    let tokenizer = try T5Tokenizer(folder: Self.folder)
    let alone = texts.map { tokenizer.encode($0) }
    let fresh = try T5Tokenizer(folder: Self.folder)
    await withTaskGroup(of: [[Int]].self) { group in
      for _ in 0..<4 { group.addTask { texts.map { fresh.encode($0) } } }
      for await found in group { #expect(found == alone) }
    }
  }
}
