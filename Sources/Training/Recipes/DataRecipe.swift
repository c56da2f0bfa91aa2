internal import Degradation

/// Pictures and how they are cut and spoilt.
public struct DataRecipe: Sendable, Codable {
  /// Folders of training pictures, searched recursively.
  public var folders = ["photos/train"]
  /// Finished data sets of pairs to train on: folders that `burnish synthesize` made, or their manifests.
  public var pairs: [String] = []
  /// Folders of pictures to measure with, never trained on.
  public var validation = ["photos/validation"]
  /// Side of the square crops, pixels of the high-quality picture.
  public var crop = 128
  /// Crops a step.
  public var batch = 16
  /// The name of the recipe that crops are spoilt by.
  public var degradation = DegradationRecipe.blindX4.name
  /// Part of the crops that are only made smaller (bicubic), with nothing else done to them.
  public var clean = 0.4
  /// Parts of the crops that other recipes spoil, by their names.
  public var others: [String: Double] = [:]
  /// Places that are drawn for each crop of a photograph; the one with most detail is taken. 1 takes every place alike.
  public var places = 1
  /// Part of the crops that the program draws itself: strokes, gratings, line art.
  public var drawn = 0.05
  /// Threads that prepare crops.
  public var threads = 1

  /// The defaults.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, defaults: DataRecipe()) }

  /// The same where a kind has defaults of its own.
  init(from decoder: any Decoder, defaults: DataRecipe) throws {
    self = defaults
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.folders, into: &folders)
    try values.read(.pairs, into: &pairs)
    // Who names pairs alone wants no others.
    if !pairs.isEmpty, !values.contains(.folders) { folders = [] }
    try values.read(.validation, into: &validation)
    try values.read(.crop, into: &crop)
    try values.read(.batch, into: &batch)
    try values.read(.degradation, into: &degradation)
    do { _ = try DegradationRecipe.named(degradation) } catch {
      throw DecodingError.dataCorruptedError(forKey: .degradation, in: values, debugDescription: "\(error)")
    }
    try values.read(.clean, into: &clean)
    try values.read(.others, into: &others)
    for (name, share) in others {
      do { _ = try DegradationRecipe.named(name) } catch {
        throw DecodingError.dataCorruptedError(forKey: .others, in: values, debugDescription: "\(error)")
      }
      try values.requireShare(share, .others)
    }
    try values.requireShare(others.values.reduce(0, +), .others)
    try values.read(.places, into: &places)
    try values.require(places >= 1, .places, "\(places) places a crop; there must be at least 1")
    try values.read(.drawn, into: &drawn)
    try values.read(.threads, into: &threads)
    try values.require(crop >= 1, .crop, "the side of the crops is \(crop); it must be at least 1")
    try values.require(batch >= 1, .batch, "\(batch) crops a step; there must be at least 1")
    try values.requireShare(clean, .clean)
    try values.requireShare(drawn, .drawn)
    try values.require(threads >= 1, .threads, "\(threads) threads; there must be at least 1")
    try values.require(
      drawn == 1 || !folders.isEmpty || !pairs.isEmpty, .folders,
      "there is no folder; name one, or pairs, or draw every picture with 'drawn: 1'")
  }
}
