import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct LatentCodecTests {
  @Test func encodesADrawThatTheSeedFixes() throws {
    let tiny = try TinySteered()
    func encode(_ seed: UInt64) throws -> Tensor {
      try withoutGradient { try tiny.codec.encode(tiny.conditions.picture_BCHW, noise: SeededNoise(seed: seed)) }
    }
    let first = try encode(1)
    #expect(tiny.codec.factor == 8)
    #expect(first.shape == [1, 4, 8, 8])
    #expect(try encode(1).floats() == first.floats())
    #expect(try distance(encode(2), first) > 1e-4)
  }

  /// Mean plus deviation times noise, times 0.18215.
  @Test func drawsFromThePosteriorOfThePictureInMinusOneToOne() throws {
    let tiny = try TinySteered()
    let noise = SeededNoise(seed: 4)
    try withoutGradient { () throws in
      let posterior = try tiny.codec.autoencoder.encode(tiny.conditions.picture_BCHW * 2 - 1)
      let draw = try noise.noise(.posterior, shape: [1, 4, 8, 8], device: .cpu)
      let expected = try (posterior.mean_BCHW + (posterior.logVariance_BCHW * 0.5).exp() * draw) * 0.18215
      let found = try tiny.codec.encode(tiny.conditions.picture_BCHW, noise: noise)
      #expect(try Difference(found, expected, absolute: 1e-6, relative: 1e-6).isClose)
    }
  }

  @Test func decodesToZeroToOneInAnyStrips() throws {
    let tiny = try TinySteered()
    let latent = try Tensor.randn([1, 4, 8, 8], generator: Generator(seed: 1))
    try withoutGradient { () throws in
      let whole = try tiny.codec.decode(latent)
      #expect(whole.shape == [1, 3, 64, 64])
      let expected = try tiny.codec.autoencoder.decode(latent / 0.18215) * 0.5 + 0.5
      #expect(try Difference(whole, expected, absolute: 1e-6, relative: 1e-6).isClose)
      let cut = LatentCodec(tiny.codec.autoencoder, plan: StripPlan(byteCount: 1))
      #expect(try Difference(cut.decode(latent), whole, absolute: 1e-5, relative: 1e-5).isClose)
    }
  }

  @Test func aSideThatIsNoMultipleOfEightIsRefused() throws {
    let tiny = try TinySteered()
    let error = #expect(throws: RestorationError.self) {
      try tiny.codec.encode(.zeros([1, 3, 64, 60]), noise: SeededNoise(seed: 1))
    }
    #expect(error?.message == "encoding a picture of 60×64: its sides must be multiples of 8, pad it first")
  }

  @Test func aPictureThatIsNotFiniteIsRefused() throws {
    let tiny = try TinySteered()
    let error = #expect(throws: RestorationError.self) {
      try withoutGradient { try tiny.codec.decode(Tensor.full([1, 4, 8, 8], .nan)) }
    }
    #expect(error?.code == .notFinite)
    #expect(
      error?.message == "the decoded picture held NaN or infinity; the autoencoder must run in float32")
  }
}
