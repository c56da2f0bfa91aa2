public import Torch

/// CLIP's byte-level byte-pair tokenizer: from a prompt to the ids that a ``CLIPTextModel`` reads.
///
/// It gives the ids of the published fast tokenizers. No mojibake is repaired and no HTML entity resolved, as some older
/// tokenizers did. Only `<|startoftext|>` and `<|endoftext|>` in a prompt are special; a padding token such as `!` is not:
/// published tokenizers that pad with it also read a typed `!` as padding, which OpenCLIP's training did not.
public struct CLIPTokenizer: Sendable {
  /// The id that every sequence begins with; 49406 in the published vocabulary.
  public let startID: Int
  /// The id that every sequence ends with; 49407 in the published vocabulary.
  public let endID: Int
  /// The id that fills a sequence up: ``endID`` for CLIP-L; 0, which is `!`, for SD 2.x and the larger encoder of SDXL
  /// and SD 3. No mask hides padding, so that a wrong one changes the pictures.
  public let padID: Int
  /// The length of a full sequence, 77.
  public let length: Int
  /// The number of entries of the vocabulary; 49408 in the published one.
  public let vocabularySize: Int

  private let encoder: BytePairEncoder
  private let specials: SpecialTokens
  private let cache = WordCache()

  /// Reads `vocab.json` and `merges.txt`; the special tokens from `tokenizer_config.json` and `special_tokens_map.json`,
  /// where they are there.
  /// - Parameter folder: The folder of a published tokenizer (`tokenizer/`, `tokenizer_2/`).
  /// - Throws: `TokenizerError` that names the file and what is wrong with it.
  public init(folder: String) throws(TokenizerError) {
    let files = CLIPTokenizerFiles(folder: TokenizerFolder(path: folder))
    let vocabulary = try files.vocabulary()
    encoder = try files.encoder(vocabulary)
    vocabularySize = vocabulary.count
    let roles = try files.roles()
    startID = try files.id(of: roles.start, as: "start", in: vocabulary)
    endID = try files.id(of: roles.end, as: "end", in: vocabulary)
    padID = try files.id(of: roles.padding, as: "padding", in: vocabulary)
    length = roles.length
    specials = SpecialTokens([(roles.start, startID), (roles.end, endID)])
  }

  /// The ids of a prompt: start, at most ``length`` - 2 of its own (what is beyond is cut off), end.
  public func encode(_ text: String) -> [Int] {
    let room = length - 2
    var ids: [Int] = []
    for part in specials.parts(of: text) where ids.count < room {
      switch part {
      case .special(let id): ids.append(id)
      case .text(let text):
        for word in CLIPWords(text) {
          ids.append(contentsOf: cache.symbols(of: word, encoder.encode).lazy.map { Int($0) })
          if ids.count >= room { break }
        }
      }
    }
    return [startID] + ids.prefix(room) + [endID]
  }

  /// The ids of a prompt, filled up to ``length``.
  /// - Parameter padID: What to fill up with; nil is the tokenizer's own ``padID``.
  public func encodePadded(_ text: String, padID: Int? = nil) -> [Int] {
    let ids = encode(text)
    return ids + Array(repeating: padID ?? self.padID, count: length - ids.count)
  }

  /// The ids of several prompts, `[B, length]`, int64.
  /// - Parameter padID: What to fill up with; nil is the tokenizer's own ``padID``.
  /// - Throws: `TorchError` when memory runs out.
  public func ids_BL(_ texts: [String], padID: Int? = nil) throws(TorchError) -> Tensor {
    try Tensor(texts.flatMap { encodePadded($0, padID: padID) }, [texts.count, length])
  }
}
