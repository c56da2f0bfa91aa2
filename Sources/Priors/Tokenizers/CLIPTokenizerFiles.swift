internal import Foundation

/// The published files of a CLIP tokenizer.
struct CLIPTokenizerFiles {
  /// What the special tokens are, and how long a sequence is.
  struct Roles {
    var start = "<|startoftext|>"
    var end = "<|endoftext|>"
    var padding = "<|endoftext|>"
    var length = 77
  }

  let folder: TokenizerFolder

  /// The end of a word as vocabularies spell it.
  private static let wordEnd = "</w>"

  /// `vocab.json`: the id of each symbol.
  func vocabulary() throws(TokenizerError) -> [String: Int] {
    let data = try require("vocab.json")
    let found: [String: Int]
    do {
      found = try JSONDecoder().decode([String: Int].self, from: data)
    } catch {
      throw folder.flaw("vocab.json", "it is not a JSON object of symbols and whole numbers")
    }
    for (symbol, id) in found where !(0...Int(Int32.max)).contains(id) {
      throw folder.flaw("vocab.json", "the id of \(TokenizerFolder.quoted(symbol)) is \(id)")
    }
    return found
  }

  /// `merges.txt`, as ids of a vocabulary.
  func encoder(_ vocabulary: [String: Int]) throws(TokenizerError) -> BytePairEncoder {
    func id(_ symbol: String) -> Int32? { vocabulary[symbol].map { Int32($0) } }
    var bytes: [Int32] = []
    for symbol in ByteAlphabet.symbols + ByteAlphabet.symbols.map({ $0 + Self.wordEnd }) {
      guard let id = id(symbol) else {
        throw folder.flaw(
          "vocab.json",
          "the byte symbol \(TokenizerFolder.quoted(symbol)) is missing, so it is no byte-level vocabulary")
      }
      bytes.append(id)
    }
    guard let text = String(validating: try require("merges.txt"), as: UTF8.self) else {
      throw folder.flaw("merges.txt", "it is not UTF-8 text")
    }
    var joins: [UInt64: BytePairEncoder.Join] = [:]
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if line.isEmpty || line.hasPrefix("#version") { continue }
      let pair = line.split(separator: " ", omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty, !pair[1].isEmpty else {
        throw folder.flaw("merges.txt", "line \(number + 1), \(TokenizerFolder.quoted(line)), is not a pair of symbols")
      }
      var ids: [Int32] = []
      for symbol in [String(pair[0]), String(pair[1]), String(pair[0] + pair[1])] {
        guard let id = id(symbol) else {
          throw folder.flaw(
            "merges.txt",
            "line \(number + 1) needs the symbol \(TokenizerFolder.quoted(symbol)), which vocab.json lacks; the two files do not belong together"
          )
        }
        ids.append(id)
      }
      joins[BytePairEncoder.pair(ids[0], ids[1])] = .init(rank: Int32(number), id: ids[2])
    }
    return BytePairEncoder(innerIDs: Array(bytes[..<256]), finalIDs: Array(bytes[256...]), joins: joins)
  }

  /// The special tokens. As in transformers, `special_tokens_map.json` counts before a `tokenizer_config.json` of the
  /// older form, which has no `added_tokens_decoder`: in SD 2.x's folder the one says `!` and the other `<|endoftext|>`.
  func roles() throws(TokenizerError) -> Roles {
    var roles = Roles()
    let config = try folder.object("tokenizer_config.json")
    try read(config, "tokenizer_config.json", into: &roles)
    if config["added_tokens_decoder"] == nil {
      try read(try folder.object("special_tokens_map.json"), "special_tokens_map.json", into: &roles)
    }
    return roles
  }

  /// The id of a special token.
  func id(of token: String, as role: String, in vocabulary: [String: Int]) throws(TokenizerError) -> Int {
    guard let id = vocabulary[token] else {
      throw folder.flaw("vocab.json", "the \(role) token \(TokenizerFolder.quoted(token)) is missing")
    }
    return id
  }

  private func read(_ object: [String: Any], _ file: String, into roles: inout Roles) throws(TokenizerError) {
    for (key, field) in [("bos_token", \Roles.start), ("eos_token", \.end), ("pad_token", \.padding)] {
      guard let value = object[key], !(value is NSNull) else { continue }
      guard let token = value as? String ?? (value as? [String: Any])?["content"] as? String, !token.isEmpty else {
        throw folder.flaw(file, "\(key) is not a token")
      }
      roles[keyPath: field] = token
    }
    guard let value = object["model_max_length"], !(value is NSNull) else { return }
    guard let length = (value as? NSNumber)?.doubleValue, length >= 3 else {
      throw folder.flaw(file, "model_max_length must be a number of at least 3")
    }
    // Folders that do not know their length say 1e30.
    if length <= 4096 { roles.length = Int(length) }
  }

  private func require(_ file: String) throws(TokenizerError) -> Data {
    guard let data = try folder.contents(file) else {
      throw TokenizerError(
        .unreadable,
        "Could not open the tokenizer '\(folder.path)': it has no \(file); a CLIP tokenizer is a folder with vocab.json and merges.txt."
      )
    }
    return data
  }
}
