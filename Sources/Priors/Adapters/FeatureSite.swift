/// A place in a network where an adapter may change the features.
public enum FeatureSite: Sendable, Hashable {
  /// A U-Net's level on the way down, 0 for the finest: behind its last residual block and transformer, before the features
  /// become a skip and are halved.
  case down(Int)
  /// A U-Net's coarsest features, behind its middle's last residual block.
  case middle
  /// A U-Net's block on the way up, 0 for the coarsest: behind its last residual block and transformer, before the features
  /// are doubled.
  case up(Int)
  /// The picture's tokens behind a transformer's joint block.
  case block(Int)
}

extension FeatureSite: LosslessStringConvertible, Codable {
  /// `d0`, `mid`, `u0` or `b0`: as keys of adapters' checkpoints spell it.
  public var description: String {
    switch self {
    case .down(let level): "d\(level)"
    case .middle: "mid"
    case .up(let index): "u\(index)"
    case .block(let index): "b\(index)"
    }
  }

  /// A site by its spelling; nil for a text that is none.
  public init?(_ text: String) {
    if text == "mid" {
      self = .middle
      return
    }
    let kinds: [Character: (Int) -> FeatureSite] = ["d": { .down($0) }, "u": { .up($0) }, "b": { .block($0) }]
    guard let kind = text.first.flatMap({ kinds[$0] }), let number = Int(text.dropFirst()),
      number >= 0, text.dropFirst() == String(number)
    else { return nil }
    self = kind(number)
  }

  /// Reads the spelling.
  /// - Throws: `DecodingError` for a text that is no site.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let site = FeatureSite(text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "'\(text)' is no site; sites are d0, d1, …, mid, u0, u1, … and b0, b1, …"))
    }
    self = site
  }

  /// Writes the spelling.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
