import Restorers
import TestModels
import Testing
import Torch

/// Tiled against untiled: a seam is a step across the border of a tile that is larger than what is found elsewhere.
struct StarterSeamTests {
  static let (width, height, tile) = (320, 256, 128)

  static func picture(_ kind: String) throws -> Tensor {
    let x = try Tensor.arange(0, Double(width)).reshaped([1, 1, 1, width])
    let y = try Tensor.arange(0, Double(height)).reshaped([1, 1, height, 1])
    let plane =
      switch kind {
      case "gradient": try x * (0.5 / Double(width)) + y * (0.3 / Double(height)) + 0.1
      case "texture": try (x * 0.61).sin() * 0.2 + (y * 0.43).cos() * 0.2 + 0.5
      default: try (x + y) * 0 + 0.4
      }
    return try plane.expanded([1, 3, height, width]).contiguous()
  }

  /// The largest step between neighbouring columns (or rows), at the borders of tiles and elsewhere.
  /// - Parameter run: Steps are averaged over so many pixels along the border: a seam goes on, texture does not.
  static func steps(_ picture: Tensor, axis: Int, run: Int = 1) throws -> (border: Double, inside: Double) {
    let length = picture.size(axis)
    let difference =
      try picture.narrowed(axis, from: 1, length: length - 1) - picture.narrowed(axis, from: 0, length: length - 1)
    let along = axis == 2 ? 3 : 2
    var shape = difference.shape
    shape[along] /= run
    shape.insert(run, at: along + 1)
    let runs = try difference.reshaped(shape).mean([along + 1])
    let largest = try runs.abs().maximum(over: [0, 1, along]).doubles()
    let plan = try TilePlan(height: height / 4, width: width / 4, tile: tile / 4, alignment: 4).scaled(by: 4)
    let borders = Set(
      plan.tiles.flatMap { tile in
        axis == 3 ? [tile.left, tile.left + tile.width] : [tile.top, tile.top + tile.height]
      })
    #expect(borders.count > 4)
    // Step number i leads from column i to i + 1.
    let at = largest.indices.filter { borders.contains($0 + 1) }
    return (
      at.map { largest[$0] }.max() ?? 0, largest.indices.filter { !at.contains($0) }.map { largest[$0] }.max() ?? 0
    )
  }

  @Test(arguments: ["gradient", "texture", "flat"], [1, 4]) func noBorderShows(kind: String, steps: Int) throws {
    // At times without noise to speak of: a random network would answer noise with noise, and hide any seam in it.
    let restorer = try TinyStarter(seed: 5, strength: 0.1) { $0.times = [9, 6, 3, 0] }.restorer()
    let canvas = try Self.picture(kind)
    func run(_ tile: Int?) throws -> Tensor {
      try restorer.restore(
        RestorationInput(enlarged_BCHW: canvas), RestorationRequest(steps: steps), tile: tile, monitor: .silent)
    }
    let (whole, tiled) = (try run(nil), try run(Self.tile))
    let change = try tiled - whole
    // Tiles do change the picture, or nothing would be measured.
    #expect(try change.abs().maximum().item() > 0.001)
    for axis in [2, 3] {
      let picture = try Self.steps(tiled, axis: axis)
      #expect(picture.border <= picture.inside + 1e-4, "\(kind), axis \(axis)")
      let difference = try Self.steps(change, axis: axis)
      #expect(difference.border <= difference.inside + 1e-4, "\(kind), axis \(axis), against the whole")
      let seam = try Self.steps(change, axis: axis, run: 32)
      #expect(seam.border <= seam.inside + 1e-4, "\(kind), axis \(axis), along the border")
    }
  }

  /// The measure itself: one tile that is brighter by its half contrast is found.
  @Test func theMeasureSeesASeam() throws {
    let plan = try TilePlan(height: Self.height / 4, width: Self.width / 4, tile: Self.tile / 4, alignment: 4)
      .scaled(by: 4)
    let spoilt = try Self.picture("gradient")
    try spoilt.cropped(plan.tiles[0]).add(inPlace: .full([1], 0.02))
    for axis in [2, 3] {
      let found = try Self.steps(spoilt, axis: axis)
      #expect(found.border > found.inside + 0.01)
    }
  }
}
