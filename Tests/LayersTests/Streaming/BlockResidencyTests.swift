import Layers
import Testing

struct BlockResidencyTests {
  @Test(arguments: [
    // What is resident and the largest of the others fit into the budget.
    (budget: 0, resident: 0), (9, 0), (10, 0), (19, 0), (20, 1), (29, 1), (30, 2), (39, 2), (40, 4), (1000, 4),
  ])
  func asManyBlocksStayAsFitBesideOneInWork(budget: Int, resident: Int) {
    #expect(BlockResidency(byteCounts: [10, 10, 10, 10], budget: budget).residentCount == resident)
  }

  /// Large blocks first: when they stay, only a small one is in work.
  @Test(arguments: [
    (budget: 34, resident: 0), (59, 0), (60, 1), (69, 1), (70, 2), (74, 2), (75, 3), (79, 3), (80, 5),
  ])
  func theBlockInWorkIsTheLargestOfThoseThatAreStreamed(budget: Int, resident: Int) {
    #expect(BlockResidency(byteCounts: [30, 30, 5, 5, 10], budget: budget).residentCount == resident)
  }

  @Test func theRestOfACount() {
    #expect(BlockResidency(residentCount: 7).behind(5) == BlockResidency(residentCount: 2))
    #expect(BlockResidency(residentCount: 3).behind(5) == .none)
    #expect(BlockResidency(residentCount: -3) == .none)
    #expect(BlockResidency(byteCounts: [], budget: 10) == .none)
  }
}
