internal import Datasets
internal import Degradation
internal import Foundation
internal import Pictures

/// A picture to try with when there is none at hand: drawn by the program and spoilt like an old small JPEG.
enum DemoPicture {
  static let original = "demo-original.png"
  static let input = "demo.png"
  static let output = "demo-restored.png"

  /// Draws and writes the picture, and what it was before it was spoilt, into the current folder; a file of its name that
  /// is there already is taken as it is.
  /// - Returns: The spoilt picture's name.
  static func write() throws -> String {
    if FileManager.default.fileExists(atPath: input) {
      Terminal.say("no picture was given: taking \(input)")
      return input
    }
    // A fixed seed: everyone's first picture is the same, and can be compared.
    var random = SeededRandom(seed: 2)
    let side = 256
    let tiles = try (0..<4).map { _ in try DrawnPictures().crop(side: side, using: &random) }
    let drawn = try join(tiles, side: side)
    if !FileManager.default.fileExists(atPath: original) { try write(drawn, to: original) }
    let small = DegradationRecipe(
      name: "demo",
      operations: [
        .blur(.fixed(sigma: 2)), .resize(.toTarget([.matlabBicubic: 1])), .noise(.fixed(sigma: 8)),
        .jpeg(CompressionChoice(quality: 50...50)),
      ])
    try write(try small.draw(using: &random).apply(to: drawn, codec: VipsJPEGCodec()), to: input)
    Terminal.say("no picture was given: drew \(original), and spoilt it to \(input)")
    return input
  }

  /// Four square pictures as one, two by two.
  private static func join(_ tiles: [PlanarImage], side: Int) throws -> PlanarImage {
    let whole = 2 * side
    var pixels = [Float](repeating: 0, count: 3 * whole * whole)
    for (index, tile) in tiles.enumerated() {
      let (left, top) = (index % 2 * side, index / 2 * side)
      for channel in 0..<3 {
        for row in 0..<side {
          let from = (channel * side + row) * side
          let to = (channel * whole + top + row) * whole + left
          pixels.replaceSubrange(to..<to + side, with: tile.pixels[from..<from + side])
        }
      }
    }
    return try PlanarImage(width: whole, height: whole, pixels: pixels)
  }

  private static func write(_ image: PlanarImage, to path: String) throws {
    _ = try Picture(width: image.width, height: image.height, colour: image.clamped().pixels).write(path: path)
  }
}
