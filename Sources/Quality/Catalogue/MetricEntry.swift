public import Torch

/// A metric that can be asked for by name.
public struct MetricEntry: Sendable {
  /// What is measured.
  public enum Kind: String, Sendable {
    /// A picture beside a reference.
    case pair
    /// A picture by itself.
    case single
    /// A set of pictures beside another.
    case sets
  }

  /// What a metric is made of.
  public struct Request: Sendable {
    /// Pixels cut from each side, where the metric can.
    public var border: Int
    /// Where files of weights lie.
    public var folder: String
    /// Where networks run.
    public var device: Device

    /// What a metric is made of.
    public init(border: Int = 0, folder: String, device: Device = .cpu) {
      self.border = border
      self.folder = folder
      self.device = device
    }
  }

  /// The name in tables; it says the variant.
  public let name: String
  /// Shorter and other names for the same.
  public var aliases: [String] = []
  /// What it is, in a line.
  public let summary: String
  /// What it looks at.
  public let kind: Kind
  /// Whether more is better.
  public let higherIsBetter: Bool
  /// Whether a border can be cut.
  public var cutsBorder = false
  /// The files that it needs.
  public var files: [MetricFile] = []
  let build: @Sendable (Request) throws -> Metric

  /// The files that are not there.
  /// - Parameter folder: Where files of weights lie.
  public func missingFiles(in folder: String) -> [MetricFile] { files.filter { $0.find(in: folder) == nil } }

  /// Reads the weights.
  /// - Throws: `QualityError` that says which files are absent, where they come from and where they belong; what reading them
  ///   throws.
  public func make(_ request: Request) throws -> Metric {
    let missing = missingFiles(in: request.folder)
    guard missing.isEmpty else {
      let wanted = missing.map { file in
        "\(file.names.joined(separator: " or ")) (\(file.summary); \(file.licence); from \(file.source))"
      }
      throw QualityError(
        .configuration,
        "\(name) needs weights that are not there. Put into \(request.folder): \(wanted.joined(separator: "; and "))")
    }
    return try build(request)
  }
}
