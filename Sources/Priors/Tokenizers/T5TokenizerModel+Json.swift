internal import Foundation

/// Reading `tokenizer.json`, the file of the published fast tokenizers.
extension T5TokenizerModel {
  init(json data: Data, _ folder: TokenizerFolder) throws(TokenizerError) {
    let file = Self.jsonFile
    guard let root = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw folder.flaw(file, "it is not a JSON object")
    }
    guard let model = root["model"] as? [String: Any], model["type"] as? String ?? "Unigram" == "Unigram",
      let vocabulary = model["vocab"] as? [Any], !vocabulary.isEmpty
    else { throw folder.flaw(file, "it has no unigram model, which T5's tokenizers are") }
    guard model["byte_fallback"] as? Bool != true else {
      throw folder.flaw(file, "its model falls back to bytes, which is another tokenizer than T5's")
    }
    guard let unknown = model["unk_id"] as? Int, vocabulary.indices.contains(unknown) else {
      throw folder.flaw(file, "its unk_id is not one of its \(vocabulary.count) pieces")
    }
    try Self.checkWords(root["pre_tokenizer"], folder)
    do {
      self.init(
        normalizer: try PrecompiledNormalizer(try Self.charsmap(root["normalizer"], folder)), unknownID: unknown,
        count: vocabulary.count)
    } catch let flaw as PrecompiledNormalizer.Flaw {
      throw folder.flaw(file, flaw.reason)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw folder.flaw(file, "\(error)")
    }
    try readSpecials(root["added_tokens"], folder)
    try readPieces(vocabulary, folder)
  }

  /// Tokens that are no text; the number of ids reaches up to the last of them.
  private mutating func readSpecials(_ value: Any?, _ folder: TokenizerFolder) throws(TokenizerError) {
    for (number, entry) in ((value as? [Any]) ?? []).enumerated() {
      guard let entry = entry as? [String: Any], let token = entry["content"] as? String, !token.isEmpty,
        let id = entry["id"] as? Int, (0..<Int(Int32.max)).contains(id)
      else { throw folder.flaw(Self.jsonFile, "entry \(number) of added_tokens is not a token and its id") }
      specials.append((token, id))
      count = max(count, id + 1)
    }
  }

  /// Pieces and their scores, without special tokens: these are no text.
  private mutating func readPieces(_ vocabulary: [Any], _ folder: TokenizerFolder) throws(TokenizerError) {
    let reserved = Set(specials.map(\.id) + [unknownID])
    for (id, entry) in vocabulary.enumerated() {
      guard let entry = entry as? [Any], entry.count == 2, let text = entry[0] as? String, !text.isEmpty,
        let score = (entry[1] as? NSNumber)?.doubleValue, score.isFinite
      else { throw folder.flaw(Self.jsonFile, "entry \(id) of the vocabulary is not a piece and its score") }
      if reserved.contains(id) { continue }
      pieces.append(.init(bytes: Array(text.utf8), score: score, id: Int32(id)))
    }
  }

  /// The map of characters. What stands beside it in a sequence collapses and strips spaces, as T5's tokenizers always do.
  private static func charsmap(_ value: Any?, _ folder: TokenizerFolder) throws(TokenizerError) -> ArraySlice<UInt8> {
    guard let normalizer = value as? [String: Any] else { return [] }
    var charsmap: ArraySlice<UInt8> = []
    for step in (normalizer["normalizers"] as? [[String: Any]]) ?? [normalizer] {
      switch step["type"] as? String {
      case "Strip", "Replace", "Sequence": break
      case "Precompiled":
        guard let text = step["precompiled_charsmap"] as? String, let data = Data(base64Encoded: text) else {
          throw folder.flaw(jsonFile, "its precompiled_charsmap is not base64")
        }
        charsmap = Array(data)[...]
      case let type:
        throw folder.flaw(
          jsonFile, "it rewrites text by \(TokenizerFolder.quoted(type ?? "")), which T5's tokenizers do not")
      }
    }
    return charsmap
  }

  /// Words must begin with the sign for a space, whatever stands before them.
  private static func checkWords(_ value: Any?, _ folder: TokenizerFolder) throws(TokenizerError) {
    let first = (value as? [String: Any]) ?? [:]
    let steps = (first["pretokenizers"] as? [[String: Any]]) ?? [first]
    guard let metaspace = steps.first(where: { $0["type"] as? String == "Metaspace" }),
      metaspace["replacement"] as? String ?? "▁" == "▁", metaspace["prepend_scheme"] as? String ?? "always" == "always",
      metaspace["add_prefix_space"] as? Bool != false
    else { throw folder.flaw(jsonFile, "it does not begin every word with \"▁\", as T5's tokenizers do") }
  }
}
