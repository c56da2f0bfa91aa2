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

  /// Chooses tiles.
  /// - Parameters:
  ///   - footprint: How the system's memory grows.
  ///   - width: Of the canvas that the model works on.
  ///   - height: Of that canvas.
  ///   - outputPixels: Of the picture that comes out; where it is larger than the canvas, that counts.
  ///   - tile: The user's choice.
  ///   - budget: Bytes allowed; nil takes three quarters of what the machine has available.
  ///   - sideMultiple: Tiles' sides are multiples of this.
  /// - Throws: `RestorationError` when not even the smallest tile fits.
  public init(
    _ footprint: Footprint, width: Int, height: Int, outputPixels: Int, tile: TileChoice, budget: Int?,
    sideMultiple: Int
  ) throws(RestorationError) {
    let limit = budget ?? Self.available * 3 / 4
    let pixels = max(width * height, outputPixels)
    func bytes(_ side: Int?) -> Int { footprint.bytes(pixels: pixels, tilePixels: side.map { $0 * $0 } ?? pixels) }
    switch tile {
    case .off: self.tile = nil
    case .side(let side):
      let rounded = max(side / sideMultiple, 1) * sideMultiple
      self.tile = rounded >= max(width, height) ? nil : rounded
    case .automatic:
      let left = limit - footprint.bytes(pixels: pixels, tilePixels: 0)
      let side =
        Int((Double(max(left, 0)) / Double(max(footprint.perTilePixel, 1))).squareRoot()) / sideMultiple * sideMultiple
      if width * height <= min(side * side, Self.largestTile * Self.largestTile) {
        self.tile = nil
      } else {
        self.tile = min(max(side, Self.smallestTile), Self.largestTile)
      }
    }
    self.bytes = bytes(self.tile)
    self.budget = limit
    guard tile == TileChoice.off || bytes(min(self.tile ?? Self.smallestTile, Self.smallestTile)) <= limit else {
      throw RestorationError(
        .memory,
        "a picture of \(width) × \(height) pixels takes at least \(Self.text(bytes(Self.smallestTile))) and "
          + (budget == nil
            ? "only \(Self.text(limit)) of this machine's memory can be used" : "--memory allows \(Self.text(limit))")
          + "; ask for a smaller picture or more memory")
    }
  }

  private static func text(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }

  /// Bytes of memory that can be had without swapping.
  public static var available: Int {
    if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
    {
      return kilobytes * 1024
    }
    return Int(clamping: ProcessInfo.processInfo.physicalMemory)
  }
}
