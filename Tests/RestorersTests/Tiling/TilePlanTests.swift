import Restorers
import TestSupport
import Testing
import Torch

struct TilePlanTests {
  struct Case: Sendable {
    let length: Int
    let other: Int
    let tile: Int
    let overlap: Int?
    let alignment: Int
    let placement: TilePlacement
  }

  /// Lengths around tiles and thin canvases, with all settings.
  static let cases: [Case] = {
    var cases: [Case] = []
    for placement in TilePlacement.allCases {
      for alignment in [1, 4, 8] {
        for (tile, overlap) in [(16, nil), (32, nil), (33, 3), (64, 16), (64, 0), (96, 4), (64, 50)] as [(Int, Int?)] {
          for length in [
            1, 2, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 63, 64, 65, 72, 96, 97, 100, 104, 128, 200, 333, 512,
          ] {
            for other in [1, 5, 64, 160] {
              cases.append(
                Case(
                  length: length, other: other, tile: tile, overlap: overlap, alignment: alignment, placement: placement
                ))
            }
          }
        }
      }
    }
    return cases
  }()

  /// What a plan must keep, whatever its settings.
  private static func check(_ plan: TilePlan, overlap: Int, alignment: Int) -> String? {
    let tiles = plan.tiles
    if tiles.count != plan.count || Set(tiles).count != tiles.count { return "tiles are counted wrongly" }
    if !tiles.allSatisfy({ $0.height == plan.tileHeight && $0.width == plan.tileWidth }) { return "sizes differ" }
    for (origins, side, length) in [
      (Set(tiles.map(\.top)).sorted(), plan.tileHeight, plan.height),
      (Set(tiles.map(\.left)).sorted(), plan.tileWidth, plan.width),
    ] {
      if origins.first != 0 || origins.last != length - side { return "the edges are not covered: \(origins)" }
      for (a, b) in zip(origins, origins.dropFirst()) where a + side - b < overlap {
        return "an overlap of \(a + side - b)"
      }
      if origins.count > 1 {
        if !side.isMultiple(of: alignment) { return "a side of \(side)" }
        if length.isMultiple(of: alignment), !origins.allSatisfy({ $0.isMultiple(of: alignment) }) {
          return "corners at \(origins)"
        }
      }
    }
    return nil
  }

  @Test func everyPlanCoversItsCanvas() throws {
    #expect(Self.cases.count > 2000)
    for run in Self.cases {
      let overlap = run.overlap ?? (run.tile + 3) / 4
      let plan = try TilePlan(
        height: run.length, width: run.other, tile: run.tile, overlap: run.overlap, alignment: run.alignment,
        placement: run.placement)
      #expect(plan.tileHeight <= run.tile && plan.tileWidth <= run.tile)
      if let fault = Self.check(plan, overlap: overlap, alignment: run.alignment) { Issue.record("\(run): \(fault)") }
      for seed in [0, 1, 2] as [UInt64] {
        let jittered = plan.jittered(seed: seed)
        if let fault = Self.check(jittered, overlap: overlap, alignment: run.alignment) {
          Issue.record("\(run) with jitter \(seed): \(fault)")
        }
      }
    }
  }

  @Test func plansDependOnTheirArgumentsAlone() throws {
    let plan = try TilePlan(height: 200, width: 333, tile: 64)
    #expect(try plan == TilePlan(height: 200, width: 333, tile: 64))
    #expect(plan.jittered(seed: 5) == plan.jittered(seed: 5))
    #expect(Set((0..<20).map { plan.jittered(seed: $0).tiles.map(\.left) }).count > 10)
    #expect(plan.description == "333×200 in \(plan.count) tiles of 64×64")
  }

  @Test func noMoreTilesThanNeeded() throws {
    #expect(try TilePlan(height: 64, width: 64, tile: 64).count == 1)
    #expect(try TilePlan(height: 10, width: 3000, tile: 64).tileHeight == 10)
    let even = try TilePlan(height: 64, width: 120, tile: 64)
    #expect(even.tiles.map(\.left) == [0, 28, 56])
    let stride = try TilePlan(height: 64, width: 120, tile: 64, placement: .stride)
    #expect(stride.tiles.map(\.left) == [0, 48, 56])
  }

  /// The grids of SeeSR and StableSR.
  @Test(arguments: [
    (10, 13, 8, 2, [[0, 0], [2, 0], [0, 5], [2, 5]]),
    (
      20, 27, 12, 5,
      [
        [0, 0], [7, 0], [8, 0], [0, 7], [7, 7], [8, 7], [0, 14], [7, 14], [8, 14], [0, 15], [7, 15], [8, 15],
      ]
    ),
  ])
  func gridsOfTheReleases(height: Int, width: Int, tile: Int, overlap: Int, corners: [[Int]]) throws {
    let plan = try TilePlan(height: height, width: width, tile: tile, overlap: overlap, placement: .stride)
    #expect(plan.tiles.map { [$0.top, $0.left] } == corners)
  }

  @Test func plansGoBetweenLatentsAndPixels() throws {
    let latent = try TilePlan(height: 100, width: 77, tile: 32)
    let pixels = latent.scaled(by: 8)
    #expect(pixels.tiles == latent.tiles.map { $0.scaled(by: 8) })
    #expect(pixels.height == 800 && pixels.width == 616)
    #expect(try pixels.divided(by: 8).tiles == latent.tiles)
    let aligned = try TilePlan(height: 800, width: 616, tile: 256, alignment: 8)
    #expect(try aligned.divided(by: 8).scaled(by: 8).tiles == aligned.tiles)
    #expect(throws: RestorationError.self) { try TilePlan(height: 801, width: 616, tile: 256).divided(by: 8) }
    #expect(throws: RestorationError.self) { try pixels.divided(by: 0) }
  }

  @Test func halvingEnds() throws {
    var plan: TilePlan? = try TilePlan(height: 1000, width: 700, tile: 2048, alignment: 8)
    var sides: [Int] = []
    while let current = plan {
      sides.append(max(current.tileHeight, current.tileWidth))
      plan = current.halved()
    }
    #expect(sides == [1000, 496, 248, 120, 56, 24])
    #expect(try TilePlan(height: 1, width: 1, tile: 1).halved() == nil)
  }

  @Test(arguments: [
    (0, 5, 8, 2, 1, "a canvas of 5×0 was to be cut into tiles of 8"),
    (5, -1, 8, 2, 1, "a canvas of -1×5"),
    (5, 5, 0, 0, 1, "sizes must be at least 1"),
    (5, 5, 8, -1, 1, "an overlap of -1"),
    (5, 5, 8, 2, 0, "an alignment of 0"),
    (50, 50, 8, 8, 1, "tiles of 8 with an overlap of 8"),
    (50, 50, 8, 100, 1, "use larger tiles or less overlap"),
    (64, 64, 8, 2, 8, "sides that are multiples of 8 cannot cover 64"),
    (64, 64, 7, 0, 8, "tiles of 7"),
  ])
  func refusesWhatCannotCover(height: Int, width: Int, tile: Int, overlap: Int, alignment: Int, words: String) {
    do {
      let plan = try TilePlan(height: height, width: width, tile: tile, overlap: overlap, alignment: alignment)
      Issue.record("made \(plan)")
    } catch {
      #expect(error.message.contains(words), "\(error.message)")
    }
  }
}
