import Checkpoints
import Foundation
import Layers
import Priors
import Testing
import Torch

struct TimestepEmbeddingTests {
  /// Entries of the 320 numbers of SD's embedding, computed in double precision.
  static let entries: [(time: Double, values: [Int: Double])] = [
    (999, [0: 0.999650, 1: 0.802681, 159: 0.994406, 160: -0.026461, 161: 0.596409, 319: 0.105622]),
    (981, [0: 0.679957, 1: -0.798430, 159: 0.994606, 160: 0.733252, 161: 0.602088, 319: 0.103726]),
    (1, [0: 0.540302, 1: 0.586504, 159: 1.000000, 160: 0.841471, 161: 0.809946, 319: 0.000106]),
  ]

  @Test(arguments: entries)
  func sinesAndCosinesOfSD(time: Double, values: [Int: Double]) throws {
    let row = try SinusoidalEmbedding.embed(Tensor([Float(time)]), width: 320).doubles()
    #expect(row.count == 320)
    // Angles near 1000 in float32 are known to 6e-5.
    for (index, value) in values { #expect(abs(row[index] - value) < 1e-4, "entry \(index): \(row[index])") }
  }

  struct Form: Sendable {
    var width = 8
    var cosineFirst = true
    var shift = 0.0
  }

  @Test(arguments: [
    Form(), Form(cosineFirst: false), Form(shift: 1), Form(width: 6, cosineFirst: false, shift: 0.5), Form(width: 2),
  ])
  func followsItsFormula(_ form: Form) throws {
    let times = [0.0, 1, 37.5, 250]
    let half = form.width / 2
    var expected: [Double] = []
    for time in times {
      let angles = (0..<half).map { time * exp(-log(10000) * Double($0) / (Double(half) - form.shift)) }
      let (cosines, sines) = (angles.map(cos), angles.map(sin))
      expected += form.cosineFirst ? cosines + sines : sines + cosines
    }
    let found = try SinusoidalEmbedding.embed(
      Tensor(times.map { Float($0) }), width: form.width, cosineFirst: form.cosineFirst, shift: form.shift)
    #expect(found.shape == [4, form.width] && found.dtype == .float32)
    #expect(try isClose(found, Tensor(expected.map { Float($0) }, [4, form.width]), 3e-5))
  }

  @Test func anglesStayFloat32ForShortTimes() throws {
    // 999 is no bfloat16: the angle must not be rounded after it was made.
    let found = try SinusoidalEmbedding.embed(Tensor([Float(996)]).to(.bfloat16), width: 8)
    #expect(try floats(found) == floats(SinusoidalEmbedding.embed(Tensor([Float(996)]), width: 8)))
  }

  @Test func isTwoLinearLayersAroundSiLU() throws {
    let source = try RandomSource()
    let layer = try TimestepEmbedding(ParameterLoader(source).root / "t", in: 6, out: 10)
    let x = try Draws().normal([3, 6])
    let inner = try x.linear(source("t.linear_1.weight"), bias: source("t.linear_1.bias")).silu()
    #expect(try isClose(layer(x), inner.linear(source("t.linear_2.weight"), bias: source("t.linear_2.bias"))))
  }
}
