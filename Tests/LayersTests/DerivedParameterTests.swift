import Layers
import TestSupport
import Testing
import Torch

struct DerivedParameterTests {
  init() throws { try useOneThread() }

  @Test func isComputedWithoutGradients() throws {
    let weight = try Tensor.ones([2, 3]).requiresGradient(true)
    let sum = try derived(from: [weight], shape: [3]) { try weight.sum([0]) }
    #expect(try sum.floats() == [2, 2, 2])
    #expect(!sum.requiresGradient)
  }

  /// A layout is compared without memory; so is what a missing key leaves behind.
  @Test func hasNoMemoryWhereAParameterHasNone() throws {
    let parameters = [try Tensor.ones([2], dtype: .bfloat16), try Tensor.empty([3], device: .meta)]
    let made = try derived(from: parameters, shape: [5, 1]) {
      Issue.record("it was computed")
      return parameters[0]
    }
    #expect(made.device == .meta && made.shape == [5, 1] && made.dtype == .bfloat16)
  }
}
