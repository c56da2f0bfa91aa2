internal import Degradation
internal import Torch

/// Pictures that the program draws: text, line art, gratings, gradients and shapes. They need no model and no photograph.
public struct DrawnGenerator: PictureGenerator {
  private let drawn = DrawnPictures()

  /// A generator of drawings.
  public init() {}

  /// The upper left part of a square drawing.
  public func generate(seed: UInt64, width: Int, height: Int, watch: GenerationWatch) throws -> GeneratedPicture {
    var random = SeededRandom(seed: seed, name: "drawn")
    let square = try drawn.crop(side: max(width, height), using: &random).tensor()
    return GeneratedPicture(
      try square.narrowed(2, from: 0, length: height).narrowed(3, from: 0, length: width).contiguous())
  }
}
