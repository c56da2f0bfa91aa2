import Testing

@testable import Restorers

struct MemoryPlanTests {
  /// Round numbers: a picture of 1000 × 1000 takes 1 MB + 10 MB, and a tile of 1000 × 1000 another 100 MB.
  static let footprint = Footprint(fixed: 1_000_000, perPixel: 10, perTilePixel: 100)

  struct Case: Sendable, CustomTestStringConvertible {
    var size = (1000, 1000)
    var output: Int?
    var choice = TileChoice.automatic
    var budget: Int? = 1_000_000_000
    var available = 1_000_000_000
    var multiple = 16
    let tile: Int?
    let bytes: Int
    var testDescription: String { "\(choice) of \(size) within \(budget.map(String.init) ?? "what is available")" }

    func plan() throws(RestorationError) -> MemoryPlan {
      try MemoryPlan(
        footprint, width: size.0, height: size.1, outputPixels: output ?? size.0 * size.1, tile: choice, budget: budget,
        available: available, sideMultiple: multiple)
    }
  }

  @Test(arguments: [
    // What fits is not cut.
    Case(budget: 111_000_000, tile: nil, bytes: 111_000_000),
    // The largest side of the list that fits.
    Case(budget: 110_999_999, tile: 768, bytes: 11_000_000 + 58_982_400),
    Case(budget: 40_000_000, tile: 512, bytes: 11_000_000 + 26_214_400),
    Case(budget: 12_638_400, tile: 128, bytes: 12_638_400),
    // Beyond the largest useful tile even where memory is plenty.
    Case(size: (1100, 1000), tile: 1024, bytes: 12_000_000 + 104_857_600),
    // A thin picture has few pixels: whole.
    Case(size: (12, 20_000), tile: nil, bytes: 1_000_000 + 240_000 * 110),
    Case(size: (12, 20_000), budget: 6_000_000, tile: 128, bytes: 1_000_000 + 2_400_000 + 1_638_400),
    // No budget: three quarters of what there is, so that a little more or less free memory is the same plan.
    Case(budget: nil, available: 148_000_000, tile: nil, bytes: 111_000_000),
    Case(budget: nil, available: 147_000_000, tile: 768, bytes: 69_982_400),
    Case(budget: nil, available: 100_000_000, tile: 768, bytes: 69_982_400),
    // An output larger than the canvas takes memory of its own; a smaller one takes none.
    Case(size: (100, 100), output: 1_000_000, tile: nil, bytes: 1_000_000 + 10_000 * 110 + 990_000 * 56),
    Case(size: (100, 100), output: 1, tile: nil, bytes: 1_000_000 + 10_000 * 110),
    // The user's choice.
    Case(choice: .off, tile: nil, bytes: 111_000_000),
    Case(choice: .side(300), tile: 288, bytes: 11_000_000 + 288 * 288 * 100),
    Case(choice: .side(64), tile: 64, bytes: 11_000_000 + 409_600),
    Case(choice: .side(1000), tile: nil, bytes: 111_000_000),
    Case(choice: .side(.max), tile: nil, bytes: 111_000_000),
    // Two multiples are the least that can overlap.
    Case(choice: .side(64), multiple: 64, tile: 128, bytes: 11_000_000 + 1_638_400),
    // A wish may take all that is available, not three quarters.
    Case(choice: .off, budget: nil, available: 111_000_000, tile: nil, bytes: 111_000_000),
  ])
  func tiles(_ item: Case) throws {
    let plan = try item.plan()
    #expect(plan.tile == item.tile)
    #expect(plan.bytes == item.bytes)
    #expect(plan.bytes <= plan.budget)
  }

  @Test(arguments: [
    (
      Case(budget: 12_638_399, tile: nil, bytes: 0),
      "a picture of 1000 × 1000 pixels takes at least 13 MB and --memory allows 12 MB; ask for a smaller picture or more memory"
    ),
    (
      Case(budget: nil, available: 8_000_000, tile: nil, bytes: 0),
      "takes at least 13 MB and only 6 MB of this machine's memory can be used"
    ),
    (
      Case(choice: .off, budget: 100_000_000, tile: nil, bytes: 0),
      "takes about 111 MB at once and --memory allows 100 MB; smaller tiles (--tile auto) take less"
    ),
    (
      Case(choice: .off, budget: nil, available: 100_000_000, tile: nil, bytes: 0),
      "takes about 111 MB at once and only 100 MB of this machine's memory can be used"
    ),
    (
      Case(choice: .side(512), budget: 20_000_000, tile: nil, bytes: 0),
      "takes about 38 MB in tiles of 512 and --memory allows 20 MB; smaller tiles (--tile auto) take less"
    ),
    (
      Case(size: (100, 100), output: 90_000_000, tile: nil, bytes: 0),
      "a picture of 100 × 100 pixels, enlarged further to 90.0 million in all, takes at least 5.1 GB and --memory allows"
    ),
    (Case(size: (1_000_000, 666_667), tile: nil, bytes: 0), "takes at least 6666.7 GB and --memory allows 1.0 GB"),
  ])
  func refusals(_ item: Case, words: String) {
    let error = restorationError { _ = try item.plan() }
    #expect(error?.code == .memory)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "nothing was thrown")")
  }

  @Test func sidesFallToTheSmallest() {
    #expect(MemoryPlan.sides.first == MemoryPlan.largestTile)
    #expect(MemoryPlan.sides.last == MemoryPlan.smallestTile)
    #expect(zip(MemoryPlan.sides, MemoryPlan.sides.dropFirst()).allSatisfy(>))
  }

  @Test func memoryOfThisMachine() {
    // Below that no test would run; above, the unit is wrong.
    #expect((50_000_000..<100_000_000_000_000).contains(AvailableMemory.bytes))
  }

  @Test(arguments: [(768, 768), (512, 512), (1024, 1024)]) func aSystemMayWantSmallerTiles(largest: Int, tile: Int)
    throws
  {
    let plan = try MemoryPlan(
      Footprint(fixed: 0, perPixel: 1, perTilePixel: 1), width: 2048, height: 2048, outputPixels: 1, tile: .automatic,
      budget: 1 << 30, sideMultiple: 64, largest: largest)
    #expect(plan.tile == tile)
    let small = try MemoryPlan(
      Footprint(fixed: 0, perPixel: 1, perTilePixel: 1), width: 512, height: 512, outputPixels: 1, tile: .automatic,
      budget: 1 << 30, sideMultiple: 64, largest: largest)
    #expect(small.tile == nil)
  }
}
