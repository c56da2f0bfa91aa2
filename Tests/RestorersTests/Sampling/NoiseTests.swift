import Restorers
import Testing
import Torch

struct NoiseTests {
  @Test func splitMix64HasItsPublishedOutputs() {
    // First outputs of the generator from the seeds 0 and 1234567.
    #expect(SplitMix64.mix(0) == 0xE220_A839_7B1D_CDAF)
    #expect(SplitMix64.mix(1_234_567) == 6_457_827_717_110_365_317)
  }

  @Test(
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ] as [(String, UInt64)])
  func fnv1aHasItsPublishedValues(text: String, hash: UInt64) { #expect(SplitMix64.hash(text) == hash) }

  private static let purposes: [NoisePurpose] =
    [.initial, .posterior] + (0..<50).flatMap { [.step($0), .churn($0)] } + [
      NoisePurpose("other"), NoisePurpose("initial", 1),
    ]

  @Test func everyPurposeHasAStreamOfItsOwn() {
    var streams: Set<UInt64> = []
    for seed in [0, 1, 2, 1 << 32, .max] as [UInt64] {
      // libtorch's CPU generator uses the lower half of a seed only.
      for purpose in Self.purposes { streams.insert(SeededNoise(seed: seed).streamSeed(purpose) & 0xFFFF_FFFF) }
    }
    #expect(streams.count == 5 * Self.purposes.count)
  }

  @Test func drawsDoNotDependOnOtherDraws() throws {
    let noise = SeededNoise(seed: 42)
    let shape = [1, 4, 8, 8]
    let first = try noise.noise(.step(3), shape: shape, device: .cpu).floats()
    _ = try noise.noise(.initial, shape: [1, 4, 64, 64], device: .cpu)
    #expect(try noise.noise(.step(3), shape: shape, device: .cpu).floats() == first)
    #expect(try SeededNoise(seed: 42).noise(.step(3), shape: shape, device: .cpu).floats() == first)
    #expect(try SeededNoise(seed: 43).noise(.step(3), shape: shape, device: .cpu).floats() != first)
    #expect(try noise.noise(.step(4), shape: shape, device: .cpu).floats() != first)
  }

  @Test func drawsAreStandardNormal() throws {
    let draws = try SeededNoise(seed: 5).noise(.initial, shape: [1, 4, 128, 128], device: .cpu)
    #expect(try abs(draws.mean().item()) < 0.02)
    #expect(try abs(draws.square().mean().item() - 1) < 0.02)
  }

  /// A picture restored with a seed must come out the same in every version.
  @Test func seedsKeepTheirMeaning() throws {
    #expect(SeededNoise(seed: 0).streamSeed(.initial) == 17_475_500_018_682_751_034)
    let draws = try SeededNoise(seed: 0).noise(.initial, shape: [1, 1, 4, 8], device: .cpu)
    let first = try draws.reshaped([32]).narrowed(0, from: 0, length: 4)
    let expected: [Float] = [1.8597537, 0.18929027, 0.011281738, -1.6866881]
    let found = try first.floats()
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found)")
  }

  @Test func recordedNoiseIsPlayedBackAndNothingElse() throws {
    let draw = try Tensor([1, 2, 3, 4] as [Float], [1, 1, 2, 2])
    let noise = RecordedNoise([.step(0): draw])
    #expect(try noise.noise(.step(0), shape: [1, 1, 2, 2], device: .cpu).floats() == [1, 2, 3, 4])
    for (purpose, shape) in [(NoisePurpose.step(1), [1, 1, 2, 2]), (.step(0), [1, 1, 2, 3])] {
      do {
        _ = try noise.noise(purpose, shape: shape, device: .cpu)
        Issue.record("gave noise that was not recorded")
      } catch let error as RestorationError {
        #expect(error.message == "noise '\(purpose)' of shape \(shape) was asked for but not recorded")
      }
    }
  }
}
