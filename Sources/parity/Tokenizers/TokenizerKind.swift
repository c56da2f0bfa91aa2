import ArgumentParser
import Foundation
import Priors

/// A family of tokenizers that case files can be of.
enum TokenizerKind: String, CaseIterable, ExpressibleByArgument {
  case clip

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
      let part = folder + "/tokenizer"
      let isWhole =
        !FileManager.default.fileExists(atPath: folder + "/vocab.json")
        && FileManager.default.fileExists(atPath: part + "/vocab.json")
      let tokenizer = try CLIPTokenizer(folder: isWhole ? part : folder)
      return Opened(
        encode: tokenizer.encode, named: ["bos_id": tokenizer.startID, "eos_id": tokenizer.endID],
        vocabulary: "\(tokenizer.vocabularySize) entries")
    }
  }
}
