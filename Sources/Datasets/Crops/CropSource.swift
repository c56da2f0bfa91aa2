public import Degradation

/// Where high-quality training crops come from: photographs in memory, drawn pictures, packed shards.
public protocol CropSource: Sendable {
  /// A crop that depends on nothing but the random stream.
  /// - Parameters:
  ///   - side: Columns and rows.
  ///   - random: The crop's own stream.
  /// - Returns: RGB in 0 … 1, `side · side`.
  /// - Throws: When the source cannot give a crop of that side. Called from several threads at once.
  func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage

  /// The same crop from the same stream, and what is on its picture, in words; empty where nobody said.
  func captionedCrop(side: Int, using random: inout SeededRandom) throws -> (crop: PlanarImage, caption: String)

  /// The same crop from the same stream, with its low-quality partner where the source has one.
  func pairedCrop(side: Int, using random: inout SeededRandom) throws -> PairedCrop
}

/// A crop of a picture that may come with its low-quality partner.
public struct PairedCrop: Sendable {
  /// RGB in 0 … 1.
  public var high: PlanarImage
  /// The same part of the low-quality picture, smaller by the data set's scale; nil where it is still to be made.
  public var low: PlanarImage?
  /// What is on the picture, in words; empty where nobody said.
  public var caption: String

  /// A crop.
  public init(high: PlanarImage, low: PlanarImage?, caption: String) {
    self.high = high
    self.low = low
    self.caption = caption
  }
}

extension CropSource {
  /// A crop without words.
  public func captionedCrop(
    side: Int, using random: inout SeededRandom
  ) throws -> (crop: PlanarImage, caption: String) {
    (try crop(side: side, using: &random), "")
  }

  /// A crop whose partner is still to be made.
  public func pairedCrop(side: Int, using random: inout SeededRandom) throws -> PairedCrop {
    let (crop, caption) = try captionedCrop(side: side, using: &random)
    return PairedCrop(high: crop, low: nil, caption: caption)
  }
}
