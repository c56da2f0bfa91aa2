internal import Foundation

/// Everything that the pictures and scores of a data set depend on, but for their seeds. It must stay as it is while the
/// data set grows; where the quality is cut may change.
public struct SynthesisSettings: Sendable, Codable, Equatable {
  /// What makes the pictures, by its own words: `kind`, and what it was told.
  public var generator: [String: String]
  /// Columns of a picture.
  public var width: Int
  /// Rows of a picture.
  public var height: Int
  /// How pictures are stored.
  public var format: LosslessFormat
  /// Whether latents are stored too.
  public var latents: Bool
  /// What measures the pictures.
  public var metrics: [ScoreKind]
  /// What spoils them.
  public var degradation: PairDegradation

  /// A metric.
  public struct ScoreKind: Sendable, Codable, Equatable {
    /// Its name, which says the variant.
    public var name: String
    /// Whether more is better.
    public var higherIsBetter: Bool

    enum CodingKeys: String, CodingKey {
      case name
      case higherIsBetter = "higher_is_better"
    }

    /// A metric.
    public init(name: String, higherIsBetter: Bool) {
      self.name = name
      self.higherIsBetter = higherIsBetter
    }
  }

  /// Settings made by hand.
  public init(
    generator: [String: String], width: Int, height: Int, format: LosslessFormat = .png, latents: Bool = false,
    metrics: [ScoreKind], degradation: PairDegradation
  ) {
    self.generator = generator
    self.width = width
    self.height = height
    self.format = format
    self.latents = latents
    self.metrics = metrics
    self.degradation = degradation
  }

  /// SHA-256 of the settings as JSON with sorted keys.
  public var hash: String { SHA256.hex(text) }

  private var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and whole numbers only: nothing that JSON lacks.
    return ((try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }

  /// What differs from other settings, a sentence each, by the settings' names.
  func changes(since former: SynthesisSettings) -> [String] {
    let (now, before) = (fields, former.fields)
    return Set(now.keys).union(before.keys).filter { now[$0] != before[$0] }.sorted()
      .map { "\($0) was \(before[$0] ?? "absent") and is \(now[$0] ?? "absent")" }
  }

  private var fields: [String: String] {
    let root = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    var fields: [String: String] = [:]
    for (key, value) in root {
      guard let group = value as? [String: Any] else {
        fields[key] = Self.words(value)
        continue
      }
      for (name, value) in group { fields["\(key).\(name)"] = Self.words(value) }
    }
    fields["metrics"] = "[\(metrics.map(\.name).joined(separator: ", "))]"
    fields["latents"] = "\(latents)"
    return fields
  }

  private static func words(_ value: Any) -> String { value as? String ?? "\(value)" }
}
