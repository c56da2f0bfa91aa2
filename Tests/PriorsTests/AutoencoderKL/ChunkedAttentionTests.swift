import TestSupport
import Testing
import Torch

@testable import Priors

struct ChunkedAttentionTests {
  /// More tokens than one chunk of queries takes.
  private func tokens(_ seed: UInt64) throws -> Tensor {
    try Tensor.randn([1, 4096, 16], generator: Generator(seed: seed))
  }

  private func reference(_ q: Tensor, _ k: Tensor, _ v: Tensor) throws -> Tensor {
    let (q, k, v) = (try q.to(.float64), try k.to(.float64), try v.to(.float64))
    return try (q.matmul(k.transposed(1, 2)) / 4).softmax(-1).matmul(v)
  }

  @Test func isAttentionInFloat32() throws {
    try withoutGradient {
      let (q, k, v) = (try tokens(1), try tokens(2), try tokens(3))
      let found = try ChunkedAttention.attention(query: q, key: k, value: v)
      #expect(try Difference(found, reference(q, k, v), absolute: 1e-5, relative: 0).isClose)
    }
  }

  /// Keys with a large common part would make large scores, and those lose their digits in bfloat16.
  @Test(arguments: [0.0, 30])
  func isAttentionInBfloat16(commonPart: Double) throws {
    try withoutGradient {
      let q = try tokens(1).to(.bfloat16)
      let v = try tokens(3).to(.bfloat16)
      let k = try (tokens(2) + commonPart).to(.bfloat16)
      let expected = try reference(q, k, v)
      let found = try ChunkedAttention.attention(query: q, key: k, value: v)
      let error = try (found.to(.float64) - expected).square().mean().item() / expected.square().mean().item()
      #expect(error.squareRoot() < 0.02, "\(error.squareRoot())")
    }
  }
}
