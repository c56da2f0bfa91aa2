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
}

extension CropSource {
  /// A crop without words.
  public func captionedCrop(
    side: Int, using random: inout SeededRandom
  ) throws -> (crop: PlanarImage, caption: String) {
    (try crop(side: side, using: &random), "")
  }
}
