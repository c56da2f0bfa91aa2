internal import Foundation

/// A folder with a tokenizer's files, and how errors speak of it.
struct TokenizerFolder {
  let path: String

  /// Some ten times the largest published file. What is larger is something else and should not be read into memory.
  private static let largestFile = 32 << 20

  /// A file's bytes; nil when there is no such file.
  func contents(_ file: String) throws(TokenizerError) -> Data? {
    let path = path + "/" + file
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
      guard (size?.intValue ?? 0) <= Self.largestFile else {
        throw flaw(file, "it has \(size?.intValue ?? 0) bytes, far more than any vocabulary")
      }
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(.unreadable, "Could not read '\(path)': \(error.localizedDescription)")
    }
  }

  /// A file that is a JSON object; empty when there is no such file.
  func object(_ file: String) throws(TokenizerError) -> [String: Any] {
    guard let data = try contents(file) else { return [:] }
    guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw flaw(file, "it is not a JSON object")
    }
    return object
  }

  /// The error about a damaged file.
  func flaw(_ file: String, _ message: String) -> TokenizerError {
    TokenizerError(.malformed, "Could not open the tokenizer '\(path)': \(file): \(message).")
  }

  /// A symbol for a message: control characters spelled out, and cut, since it may come from a damaged file.
  static func quoted(_ symbol: some StringProtocol) -> String { String(symbol.prefix(60)).debugDescription }
}
