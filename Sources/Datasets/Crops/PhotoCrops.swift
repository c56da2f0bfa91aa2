public import Degradation

/// Random crops of photographs that are held decoded in memory, at their own size and made smaller.
///
/// Smaller copies vary the scale of what is seen and average out the JPEG noise of the photographs themselves. They are made once.
public struct PhotoCrops: CropSource {
  /// A size in which photographs are held.
  public struct Level: Sendable, Equatable {
    /// New size over old, in 0 … 1.
    public var factor: Double
    /// How often crops come from this size, relative to the others.
    public var weight: Double

    /// A size.
    /// - Parameters:
    ///   - factor: New size over old, in 0 … 1.
    ///   - weight: How often crops come from this size, relative to the others.
    public init(factor: Double, weight: Double) {
      self.factor = factor
      self.weight = weight
    }
  }

  private let levels: [Level]
  private let pictures: [[DecodedPicture]]
  private let captions: [String]
  private let places: Int

  /// Photographs there are.
  public var count: Int { pictures.first?.count ?? 0 }
  /// Bytes of pixels held.
  public var byteCount: Int { pictures.joined().reduce(0) { $0 + $1.rgb8.count } }

  /// Half of the crops from the photographs as they are, half from copies of half the size.
  public static let defaultLevels = [Level(factor: 1, weight: 0.5), Level(factor: 0.5, weight: 0.5)]

  /// Crops of decoded pictures.
  /// - Parameters:
  ///   - pictures: At least one.
  ///   - captions: What is on each, in words; none stands for empty ones.
  ///   - levels: The sizes to hold them in.
  ///   - places: Places that are drawn for each crop; the one with most detail is taken.
  /// - Throws: `DatasetError` without pictures or for levels that make no sense; `DegradationError` from shrinking.
  public init(
    _ pictures: [DecodedPicture], captions: [String] = [], levels: [Level] = defaultLevels, places: Int = 1
  ) throws {
    guard !pictures.isEmpty else {
      throw DatasetError(.picture, "preparing crops of photographs: there is no photograph")
    }
    guard !levels.isEmpty, levels.allSatisfy({ $0.factor > 0 && $0.factor <= 1 && $0.weight >= 0 }),
      levels.contains(where: { $0.weight > 0 })
    else {
      throw DatasetError(
        .argument,
        "preparing crops of photographs at \(levels.map(\.factor)) of their size: factors must be above 0 and at most 1, "
          + "and one weight above 0")
    }
    guard captions.isEmpty || captions.count == pictures.count else {
      throw DatasetError(
        .argument, "preparing crops of \(pictures.count) photographs: there are \(captions.count) captions")
    }
    self.captions = captions.isEmpty ? Array(repeating: "", count: pictures.count) : captions
    self.levels = levels
    self.places = max(places, 1)
    self.pictures = try levels.map { level in try pictures.map { try $0.shrunk(level.factor) } }
  }

  /// Crops of all pictures in a folder. What stands in a text file beside a picture (`photo.txt` beside `photo.jpg`) is its
  /// caption.
  /// - Parameters:
  ///   - folder: Where they are.
  ///   - decoder: Who reads them.
  ///   - levels: The sizes to hold them in.
  ///   - places: Places that are drawn for each crop; the one with most detail is taken.
  /// - Throws: What the decoder throws; `DatasetError` for levels that make no sense.
  public init(_ folder: PictureFolder, decoder: any PictureDecoder, levels: [Level] = defaultLevels, places: Int = 1)
    throws
  {
    let pictures = try folder.names.map { name in
      let (width, height, pixels) = try decoder.decodeRGB8(path: folder.path(of: name))
      return try DecodedPicture(width: width, height: height, rgb8: pixels)
    }
    try self.init(pictures, captions: folder.names.map { folder.caption(of: $0) }, levels: levels, places: places)
  }

  /// A crop from a picture, place, turn and size that are drawn; pictures are equally likely whatever their size. Where the
  /// smaller copy is too small for the crop, the next larger one is taken.
  /// - Throws: `DatasetError` when even the picture itself is too small.
  public func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
    try captionedCrop(side: side, using: &random).crop
  }

  /// The same, with the picture's caption.
  /// - Throws: `DatasetError` when even the picture itself is too small.
  public func captionedCrop(
    side: Int, using random: inout SeededRandom
  ) throws -> (crop: PlanarImage, caption: String) {
    let index = random.integer(below: count)
    let level = random.index(weights: levels.map(\.weight))
    let wanted =
      [level]
      + levels.indices.sorted { levels[$0].factor < levels[$1].factor }.filter {
        levels[$0].factor > levels[level].factor
      }
    guard let picture = wanted.map({ pictures[$0][index] }).first(where: { min($0.width, $0.height) >= side }) else {
      let largest = pictures[wanted.last ?? level][index]
      throw DatasetError(
        .picture,
        "cropping \(side)x\(side) from a picture of \(largest.width)x\(largest.height): it is too small; leave it out or take smaller crops"
      )
    }
    let (left, top) = place(in: picture, side: side, using: &random)
    let crop = try picture.crop(left: left, top: top, side: side, turn: random.integer(below: 8))
    return (crop, captions[index])
  }

  private func place(in picture: DecodedPicture, side: Int, using random: inout SeededRandom) -> (left: Int, top: Int) {
    let drawn = (0..<places).map { _ in
      let left = random.integer(below: picture.width - side + 1)
      return (left: left, top: random.integer(below: picture.height - side + 1))
    }
    guard drawn.count > 1 else { return drawn[0] }
    return drawn.map { ($0, picture.detail(left: $0.left, top: $0.top, side: side)) }.max { $0.1 < $1.1 }?.0 ?? drawn[0]
  }
}
