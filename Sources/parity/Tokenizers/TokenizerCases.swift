import Foundation

/// Texts, and the ids that a reference tokenizer gave for them.
struct TokenizerCases {
  /// One text.
  struct Case: Decodable {
    let text: String
    let ids: [Int]
  }

  let cases: [Case]
  /// Ids that the reference's vocabulary gives to special tokens: `bos_id`, `eos_id`.
  let named: [String: Int]
  /// What the file says of its vocabulary.
  let vocabulary: String

  /// Reads a case file.
  /// - Throws: `ParityError` for a file that is none, or has no cases.
  init(path: String) throws {
    struct File: Decodable { let cases: [Case] }
    let json: Data
    do {
      json = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ParityError("could not read '\(path)': \(error.localizedDescription)")
    }
    guard let file = try? JSONDecoder().decode(File.self, from: json), !file.cases.isEmpty,
      let root = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any]
    else { throw ParityError("'\(path)' is not a case file: it needs 'cases', each with a 'text' and its 'ids'") }
    cases = file.cases
    named = root.filter { $0.key.hasSuffix("_id") }.compactMapValues { $0 as? Int }
    vocabulary = root["vocabulary"] as? String ?? root["vocab"] as? String ?? "of which it says nothing"
  }
}
