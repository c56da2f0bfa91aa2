internal import Checkpoints
internal import Foundation

/// Configurations in JSON beside the weights.
enum ConfigFile {
  /// Reads a configuration.
  /// - Returns: nil when the file is not there.
  /// - Throws: `CheckpointError` that names the file and what is wrong with it.
  static func read<Config: Decodable>(_ type: Config.Type, path: String) throws(CheckpointError) -> Config? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw CheckpointError(.malformed, "Could not read '\(path)': \(reason(error)).")
    }
  }

  /// What a decoder found amiss, in words.
  static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "the file" : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, _): return "it has no '\(key.stringValue)'; is this another program's model?"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(place(context)) is not a value of type \(type)"
    case .dataCorrupted(let context): return "\(place(context)): \(context.debugDescription)"
    default: return "\(error)"
    }
  }
}
