public import Torch

/// T5's sentencepiece unigram tokenizer: from a prompt to the ids that a ``T5Encoder`` reads.
///
/// It gives the ids of the published fast tokenizers: the prompt is rewritten by the map of its file (`nmt_nfkc`), runs of
/// spaces become one "▁" before the next word, and each word is divided into its most probable pieces. Control tokens
/// (`</s>`, `<pad>`, `<unk>`) and sentinels (`<extra_id_0>`) in a prompt are special.
public struct T5Tokenizer: Sendable {
  /// The id that every sequence ends with, `</s>`; 1 in the published model.
  public let endID: Int
  /// The id that fills a sequence up, `<pad>`; 0 in the published model. No mask hides padding from SD 3 and Flux.
  public let padID: Int
  /// The id of what the model has no pieces for; 2 in the published model.
  public let unknownID: Int
  /// The number of ids, sentinels included: 32100 for the published model. The encoder's table has some rows more.
  public let vocabularySize: Int

  private let encoder: UnigramEncoder
  private let normalizer: PrecompiledNormalizer
  private let specials: SpecialTokens
  private let cache = WordCache()

  /// How pieces spell the space before a word.
  private static let space: Unicode.Scalar = "▁"

  /// Reads `spiece.model`, and from `tokenizer_config.json`, where it is there, the number of sentinels; or else
  /// `tokenizer.json`.
  /// - Parameter folder: The folder of a published tokenizer (`tokenizer_2/` of Flux, `tokenizer_3/` of SD 3).
  /// - Throws: `TokenizerError` that names the file and what is wrong with it.
  public init(folder: String) throws(TokenizerError) {
    let folder = TokenizerFolder(path: folder)
    let model = try T5TokenizerModel.read(folder)
    endID = try model.id(of: "</s>", as: "end", folder)
    padID = try model.id(of: "<pad>", as: "padding", folder)
    unknownID = model.unknownID
    vocabularySize = model.count
    encoder = UnigramEncoder(model.pieces, unknownID: Int32(model.unknownID))
    normalizer = model.normalizer
    specials = SpecialTokens(model.specials)
  }

  /// The ids of a prompt and ``endID``.
  /// - Parameter length: The most ids, the end's included; what is beyond is cut off before the end. nil cuts nothing. At
  ///   least 1.
  public func encode(_ text: String, length: Int? = nil) -> [Int] {
    let room = length.map { max($0 - 1, 0) } ?? Int.max
    var ids: [Int] = []
    for part in specials.parts(of: text) where ids.count < room {
      switch part {
      case .special(let id): ids.append(id)
      case .text(let text):
        for word in words(of: text) {
          ids.append(contentsOf: cache.symbols(of: word, encoder.encode).lazy.map { Int($0) })
          if ids.count >= room { break }
        }
      }
    }
    return ids.prefix(room) + [endID]
  }

  /// The ids of a prompt, cut off or filled up with ``padID`` to a length of at least 1.
  public func encodePadded(_ text: String, length: Int) -> [Int] {
    let ids = encode(text, length: length)
    return ids + Array(repeating: padID, count: max(length - ids.count, 0))
  }

  /// The ids of several prompts, `[B, length]`, int64, cut off or filled up with ``padID``.
  /// - Parameter length: At least 1; the pipelines of SD 3 take 256, those of Flux 512 (dev) and 256 (schnell).
  /// - Throws: `TorchError` for a length below 1, or when memory runs out.
  public func ids_BL(_ texts: [String], length: Int) throws(TorchError) -> Tensor {
    guard length >= 1 else {
      throw TorchError(.argument, "a T5 tokenizer makes sequences of at least 1 id, its end, not of \(length)")
    }
    return try Tensor(texts.flatMap { encodePadded($0, length: length) }, [texts.count, length])
  }

  /// The words of a text as UTF-8, each with the sign for the space before it. The first has one in any case.
  private func words(of text: String) -> [[UInt8]] {
    var scalars = Array(normalizer.normalized(text).unicodeScalars)
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    let sign = Array(String(Self.space).utf8)
    var words: [[UInt8]] = []
    var isInRun = false
    for scalar in scalars {
      let isSpace = scalar == " "
      if isSpace ? !isInRun : scalar == Self.space {
        words.append(sign)
      } else if !isSpace {
        if words.isEmpty { words.append(sign) }
        words[words.count - 1].append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
      isInRun = isSpace
    }
    return words
  }
}
