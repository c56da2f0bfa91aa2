internal import Checkpoints
internal import Priors
internal import Torch

/// A tokenizer's folder, which single files of a model lack: without words it is not needed.
struct PromptTokenizer {
  let folder: ModelFolder
  let part: ModelPart

  /// Ids of the published vocabulary of CLIP: start and end.
  private static let (start, end) = (49406, 49407)
  /// The end of a sequence in the published vocabulary of T5; padding is 0.
  private static let t5End = 1

  /// `[1, 77]` for each text.
  /// - Parameter padID: What to fill up with; nil is the tokenizer's own, or the end.
  /// - Throws: `CheckpointError` when there are words and no vocabulary; `TokenizerError` for a damaged one.
  func clipIDs(of texts: [String], padID: Int?) throws -> [Tensor] {
    guard let path = try place(for: texts) else {
      let ids = [Self.start, Self.end] + Array(repeating: padID ?? Self.end, count: 75)
      return try texts.map { _ in try Tensor(ids, [1, ids.count]) }
    }
    let tokenizer = try CLIPTokenizer(folder: path)
    return try texts.map { try tokenizer.ids_BL([$0], padID: padID) }
  }

  /// `[1, length]` for each text.
  func t5IDs(of texts: [String], length: Int) throws -> [Tensor] {
    guard let path = try place(for: texts) else {
      let ids = [Self.t5End] + Array(repeating: 0, count: length - 1)
      return try texts.map { _ in try Tensor(ids, [1, length]) }
    }
    let tokenizer = try T5Tokenizer(folder: path)
    return try texts.map { try tokenizer.ids_BL([$0], length: length) }
  }

  /// Where the vocabulary lies; nil where it is absent and no text has words.
  private func place(for texts: [String]) throws -> String? {
    if texts.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return folder.find(part) }
    return try folder.require(part)
  }
}
