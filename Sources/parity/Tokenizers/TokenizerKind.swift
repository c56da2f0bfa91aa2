import ArgumentParser
import Foundation
import Priors

/// A family of tokenizers that case files can be of.
enum TokenizerKind: String, CaseIterable, ExpressibleByArgument {
  case clip, t5

  /// A tokenizer, as far as case files look at it.
  struct Opened {
    /// The ids of a text, without padding.
    let encode: (String) -> [Int]
    /// Ids that a case file may state, by its keys.
    let named: [String: Int]
    /// What the vocabulary is, for messages.
    let vocabulary: String
  }

  /// Opens a tokenizer.
  /// - Parameter folder: Its own folder, or a model's folder that has it under the published name.
  /// - Throws: The tokenizer's own error.
  func open(_ folder: String) throws -> Opened {
    switch self {
    case .clip:
      let tokenizer = try CLIPTokenizer(folder: part(of: folder, ["tokenizer"], with: ["vocab.json"]))
      return Opened(
        encode: tokenizer.encode, named: ["bos_id": tokenizer.startID, "eos_id": tokenizer.endID],
        vocabulary: "\(tokenizer.vocabularySize) entries")
    case .t5:
      let tokenizer = try T5Tokenizer(
        folder: part(of: folder, ["tokenizer_3", "tokenizer_2"], with: ["spiece.model", "tokenizer.json"]))
      return Opened(
        encode: { tokenizer.encode($0, length: Self.caseLength) },
        named: ["pad_id": tokenizer.padID, "eos_id": tokenizer.endID, "unk_id": tokenizer.unknownID],
        vocabulary: "\(tokenizer.vocabularySize) entries")
    }
  }

  /// The length that case files of T5's kind are cut at.
  private static let caseLength = 77

  /// The folder, or the part of a model's folder that has one of these files when the folder itself has none.
  private func part(of folder: String, _ parts: [String], with files: [String]) -> String {
    func has(_ folder: String) -> Bool {
      files.contains { FileManager.default.fileExists(atPath: folder + "/" + $0) }
    }
    if has(folder) { return folder }
    return parts.lazy.map { folder + "/" + $0 }.first(where: has) ?? folder
  }
}
