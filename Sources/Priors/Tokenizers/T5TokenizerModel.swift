/// What the files of a T5 tokenizer say.
struct T5TokenizerModel {
  /// What text is divided into.
  var pieces: [UnigramEncoder.Piece] = []
  /// The rewriting of text beforehand.
  var normalizer: PrecompiledNormalizer
  /// Spellings that are tokens of their own: the control tokens and `<extra_id_0>`, ….
  var specials: [(spelling: String, id: Int)] = []
  /// The id of what no piece covers.
  var unknownID: Int
  /// The number of ids.
  var count: Int

  /// The files that a tokenizer can be read from; the first that is there counts.
  static let sentencePieceFile = "spiece.model"
  static let jsonFile = "tokenizer.json"

  /// Reads a folder.
  static func read(_ folder: TokenizerFolder) throws(TokenizerError) -> T5TokenizerModel {
    if let data = try folder.contents(sentencePieceFile) {
      return try T5TokenizerModel(sentencePiece: Array(data), folder)
    }
    if let data = try folder.contents(jsonFile) { return try T5TokenizerModel(json: data, folder) }
    throw TokenizerError(
      .unreadable,
      "Could not open the tokenizer '\(folder.path)': it has neither \(sentencePieceFile) nor \(jsonFile); a T5 tokenizer is a folder with one of them."
    )
  }

  /// The id of a special token.
  func id(of token: String, as role: String, _ folder: TokenizerFolder) throws(TokenizerError) -> Int {
    guard let id = specials.first(where: { $0.spelling == token })?.id else {
      throw TokenizerError(
        .malformed,
        "Could not open the tokenizer '\(folder.path)': it has no \(role) token \(TokenizerFolder.quoted(token)), so it is not T5's."
      )
    }
    return id
  }
}
