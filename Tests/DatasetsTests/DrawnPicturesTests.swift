import Datasets
import Degradation
import Testing

@Suite struct DrawnPicturesTests {
  @Test(arguments: DrawnScene.allCases)
  func scenesDependOnTheirStreamAlone(scene: DrawnScene) throws {
    let pictures = try [1, 1, 2].map { (seed: UInt64) in
      var random = SeededRandom(seed: seed)
      return try DrawnPictures().draw(scene, side: 48, using: &random)
    }
    #expect(pictures[0] == pictures[1] && pictures[0] != pictures[2])
    for picture in pictures {
      #expect((picture.width, picture.height, picture.channels) == (48, 48, 3))
      #expect(picture.pixels.allSatisfy { (0...1).contains($0) } && picture == picture.quantised())
    }
  }

  /// Edges where edges belong, and none where none do: the mean difference of neighbours, over some pictures.
  @Test func scenesShowWhatTheySay() throws {
    func roughness(_ scene: DrawnScene) throws -> Double {
      var total: Float = 0
      for seed in 0..<6 {
        var random = SeededRandom(seed: UInt64(seed))
        let picture = try DrawnPictures().draw(scene, side: 48, using: &random)
        total +=
          zip(picture.pixels, picture.pixels.dropFirst()).reduce(0) { $0 + abs($1.0 - $1.1) }
          / Float(picture.pixels.count)
      }
      return Double(total) / 6
    }
    let gradient = try roughness(.gradient)
    #expect(gradient < 0.02)
    for scene in [DrawnScene.text, .lineArt, .grating] { #expect(try roughness(scene) > 2 * gradient) }
  }

  @Test func weightsChooseTheScene() throws {
    let drawn = DrawnPictures(scenes: [.grating: 1])
    var one = SeededRandom(seed: 3)
    let picture = try drawn.crop(side: 24, using: &one)
    var two = SeededRandom(seed: 3)
    _ = two.uniform()
    #expect(try drawn.draw(.grating, side: 24, using: &two) == picture)
    let error = #expect(throws: DatasetError.self) { try drawn.crop(side: 0, using: &one) }
    #expect(error?.message == "drawing a picture of 0x0: the side must be at least 1")
  }
}
