import Testing

@testable import Quality

struct MeanEstimateTests {
  @Test func meanAndInterval() throws {
    let estimate = try #require(MeanEstimate([1, 2, 3, 4]))
    // Sample deviation √(5/3), t of 3 degrees 3.1824.
    #expect(estimate.mean == 2.5 && estimate.count == 4)
    #expect(abs((estimate.halfWidth ?? 0) - 3.1824 * (5.0 / 3 / 4).squareRoot()) < 1e-9)
  }

  @Test func oneScoreHasNoInterval() {
    #expect(MeanEstimate([7])?.halfWidth == nil && MeanEstimate([7])?.mean == 7)
    #expect(MeanEstimate([]) == nil)
    #expect(MeanEstimate([1, .infinity])?.mean == .infinity && MeanEstimate([1, .infinity])?.halfWidth == nil)
  }

  /// Printed tables of Student's t.
  @Test(arguments: [(1, 12.7062), (30, 2.0423), (31, 2.0395), (60, 2.0003), (120, 1.9799), (100_000, 1.9600)])
  func quantiles(degrees: Int, value: Double) {
    #expect(abs(MeanEstimate.quantile(degrees: degrees) - value) < 1e-4)
  }
}
