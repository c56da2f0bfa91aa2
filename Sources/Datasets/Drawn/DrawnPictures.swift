public import Degradation

/// Crops drawn by the program: text, line art, gratings, gradients and shapes, of which collections of photographs hold little.
public struct DrawnPictures: CropSource, Equatable {
  /// How often each scene is drawn, relative to the others.
  public var scenes: [DrawnScene: Double]

  /// Half text and line art by default.
  /// - Parameter scenes: How often each scene is drawn, relative to the others.
  public init(
    scenes: [DrawnScene: Double] = [.text: 0.35, .lineArt: 0.2, .grating: 0.15, .gradient: 0.05, .shapes: 0.25]
  ) {
    self.scenes = scenes
  }

  /// Draws a picture of one scene, rounded to 8 bits as a photograph would be.
  /// - Throws: `DatasetError` for a side below 1.
  public func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
    guard side > 0 else {
      throw DatasetError(.argument, "drawing a picture of \(side)x\(side): the side must be at least 1")
    }
    let scene = DrawnScene.allCases[random.index(weights: DrawnScene.allCases.map { scenes[$0] ?? 0 })]
    return try draw(scene, side: side, using: &random)
  }

  /// Draws a picture of a given scene.
  /// - Parameters:
  ///   - scene: What to show.
  ///   - side: Columns and rows, at least 1.
  ///   - random: The picture's own stream.
  /// - Throws: `DegradationError` for a side below 1.
  public func draw(_ scene: DrawnScene, side: Int, using random: inout SeededRandom) throws -> PlanarImage {
    var canvas = Canvas(side: max(side, 1))
    switch scene {
    case .text: Self.text(&canvas, &random)
    case .lineArt: Self.lineArt(&canvas, &random)
    case .grating: Self.grating(&canvas, &random)
    case .gradient: Self.gradient(&canvas, &random)
    case .shapes: Self.shapes(&canvas, &random)
    }
    return try canvas.picture().quantised()
  }
}
