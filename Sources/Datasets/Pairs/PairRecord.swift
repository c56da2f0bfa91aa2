/// One picture of a data set of pairs: a line of its manifest.
///
/// Keys in JSON are the names of the fields.
public struct PairRecord: Sendable, Codable, Equatable {
  /// What everything random of the picture was drawn from; one picture a seed.
  public var seed: UInt64
  /// Hash of the settings that it was made with: ``PairDescription/settingsHash``.
  public var settings: String
  /// Columns of the high-quality picture, where there is one.
  public var width: Int?
  /// Its rows.
  public var height: Int?
  /// The high-quality picture; absent where none came out.
  public var hq: PairFile?
  /// The low-quality picture, smaller by ``PairDescription/scale``.
  public var lq: PairFile?
  /// The latent z₀ that the high-quality picture was decoded from: a safetensors file with the tensor `latent`, BCHW.
  public var latent: PairFile?
  /// What is on the picture, in words; absent where nobody said.
  public var caption: String?
  /// What metrics say of the high-quality picture, by their names; a metric without an answer is absent.
  public var scores: [String: Double]
  /// What tells a picture that shows nothing.
  public var statistics: PictureStatistics?
  /// What went wrong with the picture, a sentence each: it cannot be used whatever its scores.
  public var flaws: [String]
  /// Whether it belongs to the data set; absent until all pictures are there, since the cuts depend on all of them.
  public var kept: Bool?
  /// Why it was dropped, a sentence each.
  public var reasons: [String]

  /// A picture of which nothing is known yet.
  /// - Parameters:
  ///   - seed: What everything random of it is drawn from.
  ///   - settings: Hash of the settings.
  public init(seed: UInt64, settings: String) {
    self.seed = seed
    self.settings = settings
    scores = [:]
    flaws = []
    reasons = []
  }

  /// Every file of the picture.
  public var files: [PairFile] { [hq, lq, latent].compactMap { $0 } }
}
