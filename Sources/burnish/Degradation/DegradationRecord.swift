internal import Degradation
internal import Foundation

/// What stands beside a degraded picture: everything that it takes to make it again.
struct DegradationRecord: Codable, Equatable {
  /// The program and its version.
  var software: String
  /// The picture that it was made from, as it was named.
  var input: String
  /// What the draw depends on, beside the seed.
  var name: String
  var seed: UInt64
  /// The recipe's name.
  var recipe: String
  /// Columns and rows of the picture that it was made from.
  var width, height: Int
  /// What happened, in order.
  var steps: [DegradationStep]

  /// The file beside a picture.
  static func path(beside picture: String) -> String { (picture as NSString).deletingPathExtension + ".json" }

  /// Writes the record under a temporary name, and gives it its own when it is whole.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(self)
    data.append(UInt8(ascii: "\n"))
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Reads a record; nil where there is none that can be read.
  static func read(_ path: String) -> DegradationRecord? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
    return try? decoder.decode(DegradationRecord.self, from: data)
  }
}
