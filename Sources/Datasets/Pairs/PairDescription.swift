internal import Foundation

/// What a data set of pairs is: its `dataset.json`.
public struct PairDescription: Sendable, Codable, Equatable {
  /// The file's name.
  public static let fileName = "dataset.json"
  /// The only format there is.
  public static let format = "burnish-pairs-1"

  /// Which layout the folder has.
  public var format = PairDescription.format
  /// How the pictures were made.
  public var settings: SynthesisSettings
  /// SHA-256 of the settings: ``SynthesisSettings/hash``.
  public var settingsHash: String
  /// How many times smaller low-quality pictures are along each side.
  public var scale: Int
  /// Where the quality was cut; absent until all pictures are there.
  public var selection: Selection?

  enum CodingKeys: String, CodingKey {
    case format, settings, scale, selection
    case settingsHash = "settings_hash"
  }

  /// What was decided over the whole pool.
  public struct Selection: Sendable, Codable, Equatable {
    /// The rule that was followed.
    public var rule: SelectionRule
    /// The cut of each metric.
    public var cuts: [String: ScoreCut]
    /// Pictures whose scores the cuts come from.
    public var pool: Int
    /// Pictures that belong to the data set.
    public var kept: Int
    /// Pictures that do not.
    public var dropped: Int
  }

  /// A data set whose pictures are still to be made.
  public init(_ settings: SynthesisSettings) {
    self.settings = settings
    settingsHash = settings.hash
    scale = settings.degradation.scale
  }

  /// Reads a folder's description.
  /// - Returns: nil when there is none.
  /// - Throws: `DatasetError` for a file that cannot be understood.
  public static func read(folder: String) throws -> PairDescription? {
    let path = folder + "/" + fileName
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do {
      let description = try JSONDecoder().decode(PairDescription.self, from: data)
      guard description.format == format else {
        throw DatasetError(
          .manifest, "reading '\(path)': its format is '\(description.format)'; this version reads '\(format)'")
      }
      return description
    } catch let error as DecodingError {
      throw DatasetError(.manifest, "reading '\(path)': it is no description of pairs (\(error.place))")
    }
  }

  /// The file's bytes: the same for the same description.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}

extension DecodingError {
  /// Where and why, in words.
  var place: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return (place.isEmpty ? "" : "'\(place)': ") + context.debugDescription
    @unknown default: return String(describing: self)
    }
  }
}
