public import Degradation

/// Crops from several sources, each with its share.
public struct MixedCrops: CropSource {
  private let parts: [(source: any CropSource, weight: Double)]

  /// A mixture.
  /// - Parameter parts: Sources and how often each is taken, relative to the others; one weight above 0.
  /// - Throws: `DatasetError` when no weight is above 0 or one is below 0.
  public init(_ parts: [(source: any CropSource, weight: Double)]) throws {
    guard parts.contains(where: { $0.weight > 0 }), parts.allSatisfy({ $0.weight >= 0 }) else {
      throw DatasetError(
        .argument, "mixing crops with the weights \(parts.map(\.weight)): none may be below 0 and one must be above")
    }
    self.parts = parts
  }

  /// A crop from the source that is drawn first.
  /// - Throws: What the source throws.
  public func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
    try parts[random.index(weights: parts.map(\.weight))].source.crop(side: side, using: &random)
  }

  /// The same, with its caption.
  /// - Throws: What the source throws.
  public func captionedCrop(
    side: Int, using random: inout SeededRandom
  ) throws -> (crop: PlanarImage, caption: String) {
    try parts[random.index(weights: parts.map(\.weight))].source.captionedCrop(side: side, using: &random)
  }

  /// The same, with its partner where the source has one.
  /// - Throws: What the source throws.
  public func pairedCrop(side: Int, using random: inout SeededRandom) throws -> PairedCrop {
    try parts[random.index(weights: parts.map(\.weight))].source.pairedCrop(side: side, using: &random)
  }
}
