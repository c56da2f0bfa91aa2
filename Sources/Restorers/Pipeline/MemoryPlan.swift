internal import Foundation

/// The tiles of a run, and what it will take.
public struct MemoryPlan: Sendable, Hashable {
  /// Side of the tiles in pixels; nil handles the whole picture at once.
  public let tile: Int?
  /// Bytes expected at the peak.
  public let bytes: Int
  /// Bytes that the run may take.
  public let budget: Int

  /// Tiles below this side lose more in overlap than they save.
  public static let smallestTile = 128
  /// Tiles above this side gain nothing on any device that was measured.
  public static let largestTile = 1024
  /// Bytes for each pixel by which the output is larger than the canvas: the planes of the resized picture, as tensor, as
  /// array and in the encoder.
  static let outputPixel = 56
  /// The sides to choose from: few, so that the tiles, and with them the picture, do not change with every megabyte that
  /// happens to be free.
  static let sides = [1024, 768, 512, 384, 256, 192, 128]

  /// Chooses tiles.
  /// - Parameters:
  ///   - footprint: How the system's memory grows.
  ///   - width: Of the canvas that the model works on.
  ///   - height: Of that canvas.
  ///   - outputPixels: Of the picture that comes out; where it is larger than the canvas, that counts.
  ///   - tile: The user's choice.
  ///   - budget: Bytes that the user allows, for any choice of tiles. nil takes three quarters of what is available, and
  ///     all of it for tiles that the user chose.
  ///   - available: Bytes that the machine has.
  ///   - sideMultiple: Tiles' sides are multiples of this.
  ///   - largest: The longest side of tiles that are chosen here.
  /// - Throws: `RestorationError` when not even the smallest tile, or the one that the user chose, fits.
  public init(
    _ footprint: Footprint, width: Int, height: Int, outputPixels: Int, tile: TileChoice, budget: Int?,
    available: Int = AvailableMemory.bytes, sideMultiple: Int, largest: Int = largestTile
  ) throws(RestorationError) {
    let canvas = width * height
    func bytes(_ side: Int?) -> Int {
      footprint.bytes(pixels: canvas, tilePixels: side.map { $0 * $0 } ?? canvas)
        + Self.outputPixel * max(outputPixels - canvas, 0)
    }
    // Neighbours share a quarter of a tile, and tiles begin at multiples: two of them are the least.
    func rounded(_ side: Int) -> Int { max(side / sideMultiple, 2) * sideMultiple }
    func fitting(_ side: Int) -> Int? { side >= max(width, height) ? nil : side }

    switch tile {
    case .off:
      self.tile = nil
      self.budget = budget ?? available
    case .side(let side):
      self.tile = fitting(side) == nil ? nil : fitting(rounded(side))
      self.budget = budget ?? available
    case .automatic:
      let limit = budget ?? available / 4 * 3
      self.budget = limit
      if canvas <= largest * largest, bytes(nil) <= limit {
        self.tile = nil
      } else {
        self.tile = fitting(
          rounded(Self.sides.first { $0 <= largest && bytes($0) <= limit } ?? Self.smallestTile))
      }
    }
    self.bytes = bytes(self.tile)
    guard self.bytes <= self.budget else {
      let least = bytes(rounded(Self.smallestTile))
      let wish = self.tile.map { "in tiles of \($0)" } ?? "at once"
      let isWish = tile != .automatic && least <= self.budget
      throw RestorationError(
        .memory,
        "a picture of \(width) × \(height) pixels"
          + (outputPixels > canvas ? ", enlarged further to \(Self.millions(outputPixels)) million in all," : "")
          + " takes "
          + (isWish ? "about \(Self.text(self.bytes)) \(wish)" : "at least \(Self.text(least))") + " and "
          + (budget == nil
            ? "only \(Self.text(self.budget, .down)) of this machine's memory can be used"
            : "--memory allows \(Self.text(self.budget, .down))")
          + (isWish ? "; smaller tiles (--tile auto) take less" : "; ask for a smaller picture or more memory"))
    }
  }

  private static func millions(_ pixels: Int) -> String { String(format: "%.1f", Double(pixels) / 1e6) }

  /// What is needed is rounded up and what there is down, so that the two never look the same.
  private static func text(_ bytes: Int, _ rule: FloatingPointRoundingRule = .up) -> String {
    bytes < 1_000_000_000
      ? "\(Int((Double(bytes) / 1e6).rounded(rule))) MB"
      : String(format: "%.1f GB", (Double(bytes) / 1e8).rounded(rule) / 10)
  }
}
