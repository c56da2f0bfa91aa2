import Checkpoints
import Restorers
import TestSupport
import Testing
import Torch

struct TileWindowTests {
  /// Computed in double precision from the formula of the releases.
  @Test(arguments: [
    (64, false, 0, 2.190534e-5), (64, false, 31, 3.977267), (64, false, 32, 3.977267), (64, true, 0, 1.486720e-5),
    (64, true, 32, 3.989423), (64, true, 63, 3.207895e-5), (96, false, 0, 1.926360e-5), (96, false, 47, 3.984015),
    (96, false, 48, 3.984015), (96, true, 95, 2.489246e-5),
  ])
  func gaussianOfTheReleases(side: Int, isVertical: Bool, index: Int, weight: Double) {
    let factors = TileWindow.unevenGaussian.factors(side: side, before: 16, after: 16, isVertical: isVertical)
    #expect(abs(factors[index] / weight - 1) < 1e-6)
    let even = TileWindow.gaussian.factors(side: side, before: 16, after: 16, isVertical: isVertical)
    #expect(abs(even[index] - even[side - 1 - index]) < 1e-12)
  }

  @Test func weightsOfStableSR() throws {
    let file = try SafetensorsFile(path: Fixture.path("Oracles/stablesr-aggregation.safetensors"))
    let down = TileWindow.unevenGaussian.factors(side: 12, before: 5, after: 5, isVertical: true)
    let across = TileWindow.unevenGaussian.factors(side: 12, before: 5, after: 5, isVertical: false)
    let weights = try Tensor(down).outer(Tensor(across))
    #expect(try Difference(weights, file.tensor("out/tile_weights"), absolute: 1e-6, relative: 1e-5).isClose)
  }

  @Test func cosinesOfNeighboursAddUpToOneAndNeverVanish() {
    for overlap in [0, 1, 2, 16, 31, 64] {
      let before = TileWindow.cosine.factors(side: 64, before: 0, after: overlap, isVertical: true)
      let after = TileWindow.cosine.factors(side: 64, before: overlap, after: 0, isVertical: true)
      #expect(before.allSatisfy { $0 > 0 } && after.allSatisfy { $0 > 0 })
      for index in 0..<overlap { #expect(abs(before[64 - overlap + index] + after[index] - 1) < 1e-12) }
      #expect(before.prefix(64 - overlap).allSatisfy { $0 == 1 }, "nothing fades at the canvas's edge")
    }
  }

  /// Blended tiles of a canvas give the canvas back, for all windows and grids.
  @Test(arguments: TileWindow.allCases)
  func sharesAddUpToOne(window: TileWindow) throws {
    for (height, width, tile, overlap) in [
      (20, 27, 12, 5), (64, 200, 32, 8), (7, 90, 16, 12), (50, 50, 64, 16), (40, 33, 9, 2),
    ] {
      for placement in TilePlacement.allCases {
        for jitter in [nil, 3] as [UInt64?] {
          var plan = try TilePlan(height: height, width: width, tile: tile, overlap: overlap, placement: placement)
          if let jitter { plan = plan.jittered(seed: jitter) }
          let canvas = try Tensor.randn([2, 3, height, width], generator: Generator(seed: 1))
          let blended = try TileRun(plan, window: window)(canvas) { part, _ in part }
          #expect(try Difference(blended, canvas, absolute: 2e-6, relative: 1e-6).isClose, "\(plan)")
        }
      }
    }
  }

  /// Tiles that disagree in brightness: the cosine's steps are far smaller than the Gaussian's, and than the
  /// disagreement.
  @Test func brightnessThatDriftsFromTileToTileBecomesASlope() throws {
    func steepest(_ window: TileWindow) throws -> Double {
      let plan = try TilePlan(height: 64, width: 256, tile: 64, overlap: 16)
      var sign = 1.0
      let blended = try TileRun(plan, window: window)(Tensor.zeros([1, 1, 64, 256])) { part, _ in
        sign = -sign
        return try part + sign
      }
      let steps = try blended.narrowed(3, from: 1, length: 255) - blended.narrowed(3, from: 0, length: 255)
      return try steps.abs().maximum().item()
    }
    let cosine = try steepest(.cosine)
    #expect(cosine < 0.21, "a disagreement of 2 over 16 pixels: at best π / 16 a pixel")
    #expect(try steepest(.gaussian) > 2.5 * cosine)
  }
}
