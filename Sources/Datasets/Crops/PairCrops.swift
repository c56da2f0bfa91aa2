public import Degradation
internal import Foundation

/// Crops of finished data sets of pairs (`burnish synthesize`): what belongs to the set, and the same part of both pictures.
///
/// Pictures are decoded when a crop is taken: a set may be far larger than memory.
public struct PairCrops: CropSource {
  /// The data set.
  public let manifest: PairManifest
  private let pairs: [PairRecord]
  private let captions: [String]
  private let decoder: any PictureDecoder

  /// Pairs there are: those that were kept.
  public var count: Int { pairs.count }
  /// How many times smaller low-quality pictures are.
  public var scale: Int { manifest.description.scale }

  /// True for a folder that holds a data set of pairs, and for the manifest of one.
  public static func isPairs(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder(of: path) + "/" + PairDescription.fileName)
  }

  /// The pairs of a data set.
  /// - Parameters:
  ///   - path: The data set's folder, or its manifest.
  ///   - decoder: Who reads pictures.
  /// - Throws: `DatasetError` for a folder without a finished data set, for one that kept no pair, and for pictures that
  ///   are not there.
  public init(_ path: String, decoder: any PictureDecoder) throws {
    let manifest = try PairManifest(folder: Self.folder(of: path))
    let pairs = manifest.pairs.filter { $0.hq != nil && $0.lq != nil }
    guard !pairs.isEmpty else {
      throw DatasetError(
        .manifest, "reading the pairs in '\(manifest.folder)': none of \(manifest.records.count) was kept")
    }
    for file in pairs.flatMap({ [$0.hq, $0.lq].compactMap { $0 } }) {
      guard FileManager.default.fileExists(atPath: manifest.path(of: file)) else {
        throw DatasetError(
          .picture, "reading the pairs in '\(manifest.folder)': '\(file.path)' of its manifest is not there")
      }
    }
    self.manifest = manifest
    self.pairs = pairs
    self.decoder = decoder
    captions = pairs.map { pair in
      pair.caption ?? pair.hq.map { PictureFolder.caption(besides: manifest.path(of: $0)) } ?? ""
    }
  }

  private static func folder(of path: String) -> String {
    guard path.hasSuffix(PairManifest.fileName) else { return path }
    let folder = String(path.dropLast(PairManifest.fileName.count))
    return folder.isEmpty ? "." : String(folder.dropLast())
  }

  /// A crop of a high-quality picture.
  /// - Throws: What ``pairedCrop(side:using:)`` throws.
  public func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
    try pairedCrop(side: side, using: &random).high
  }

  /// A crop with its caption.
  /// - Throws: What ``pairedCrop(side:using:)`` throws.
  public func captionedCrop(
    side: Int, using random: inout SeededRandom
  ) throws -> (crop: PlanarImage, caption: String) {
    let crop = try pairedCrop(side: side, using: &random)
    return (crop.high, crop.caption)
  }

  /// The same part of both pictures of a pair, turned the same way; pair, place and turn are drawn.
  /// - Throws: What the decoder throws; `DatasetError` for pictures that are too small, and for partners whose sides do
  ///   not go together.
  public func pairedCrop(side: Int, using random: inout SeededRandom) throws -> PairedCrop {
    let index = random.integer(below: count)
    guard let hq = pairs[index].hq, let lq = pairs[index].lq else {
      throw DatasetError(.manifest, "cropping the pair of seed \(pairs[index].seed): it has no two pictures")
    }
    let (high, low) = (try decoded(hq), try decoded(lq))
    guard high.width == low.width * scale, high.height == low.height * scale, side.isMultiple(of: scale) else {
      throw DatasetError(
        .picture,
        "cropping \(side)x\(side) from '\(manifest.path(of: hq))' of \(high.width)x\(high.height) and its partner of "
          + "\(low.width)x\(low.height): a data set of scale \(scale) has partners that many times smaller, and crops are "
          + "multiples of it")
    }
    let lowSide = side / scale
    guard min(low.width, low.height) >= lowSide else {
      throw DatasetError(
        .picture,
        "cropping \(side)x\(side) from '\(manifest.path(of: hq))' of \(high.width)x\(high.height): it is too small; take "
          + "smaller crops")
    }
    let left = random.integer(below: low.width - lowSide + 1)
    let top = random.integer(below: low.height - lowSide + 1)
    let turn = random.integer(below: 8)
    return PairedCrop(
      high: try high.crop(left: left * scale, top: top * scale, side: side, turn: turn),
      low: try low.crop(left: left, top: top, side: lowSide, turn: turn), caption: captions[index])
  }

  private func decoded(_ file: PairFile) throws -> DecodedPicture {
    let (width, height, pixels) = try decoder.decodeRGB8(path: manifest.path(of: file))
    return try DecodedPicture(width: width, height: height, rgb8: pixels)
  }
}
