import Priors
import Testing
import Torch

struct ParametrisationTests {
  /// The three scalings that samplers use.
  static let levels: [NoiseLevel] = [
    // Variance-preserving: signal² + noise² = 1. SD at 999, 499, 249 and 1, and a beginning without any signal.
    NoiseLevel(timestep: 999, signal: 0.06826491, noise: 0.99766723),
    NoiseLevel(timestep: 499, signal: 0.52694369, noise: 0.84990020),
    NoiseLevel(timestep: 249, signal: 0.82184695, noise: 0.56970833),
    NoiseLevel(timestep: 1, signal: 0.99914765, noise: 0.04127920),
    // Variance-exploding: signal = 1. Euler on SD's sigmas.
    NoiseLevel(timestep: 999, signal: 1, noise: 14.6146), NoiseLevel(timestep: 500, signal: 1, noise: 1.6129),
    NoiseLevel(timestep: 10, signal: 1, noise: 0.03),
    // Rectified flow: signal + noise = 1.
    NoiseLevel(timestep: 950, signal: 0.05, noise: 0.95), NoiseLevel(timestep: 600, signal: 0.4, noise: 0.6),
    NoiseLevel(timestep: 100, signal: 0.9, noise: 0.1),
  ]

  @Test(arguments: Parametrisation.allCases, levels)
  func aPerfectNetworkGivesTheCleanLatent(_ parametrisation: Parametrisation, _ level: NoiseLevel) throws {
    let draws = try Draws()
    let (clean, noise) = (try draws.normal([2, 4, 3, 5]), try draws.normal([2, 4, 3, 5]))
    let noisy = try level.noised(clean, with: noise)
    let output = try parametrisation.target(clean: clean, noise: noise, at: level)
    let found = try parametrisation.clean(from: output, noisy: noisy, at: level)
    // Float32 rounds the noisy latent; dividing by the signal enlarges that.
    let tolerance = 1e-6 * max(1, level.magnitude) / min(1, level.signal) + 2e-6
    #expect(try isClose(found, clean, tolerance))
  }

  @Test(arguments: levels)
  func networksSeeTheirOwnScale(_ level: NoiseLevel) throws {
    let noisy = try Draws().normal([1, 4, 2, 2])
    for parametrisation in Parametrisation.allCases {
      let length =
        parametrisation == .flow
        ? level.signal + level.noise : (level.signal * level.signal + level.noise * level.noise).squareRoot()
      let input = try parametrisation.networkInput(noisy, at: level)
      #expect(try isClose(input, noisy / length, 1e-6))
      // No copy where the latent has the scale already.
      if abs(length - 1) < 1e-8 { #expect(input === noisy) }
    }
  }

  @Test func namesAreThoseOfPublishedSchedulers() {
    #expect(Parametrisation.allCases.map(\.rawValue) == ["epsilon", "v_prediction", "flow_prediction", "sample"])
  }

  @Test func velocityWithoutSignalIsTheCleanLatentTurnedRound() throws {
    // Where a schedule ends in noise alone, epsilon says nothing and v still does.
    let level = NoiseLevel(timestep: 999, signal: 0, noise: 1)
    let draws = try Draws()
    let (clean, noise) = (try draws.normal([1, 4, 2, 2]), try draws.normal([1, 4, 2, 2]))
    let output = try Parametrisation.velocity.target(clean: clean, noise: noise, at: level)
    #expect(try isClose(Parametrisation.velocity.clean(from: output, noisy: noise, at: level), clean, 1e-6))
  }

  @Test func noisingLeavesItsInputsAlone() throws {
    let (clean, noise) = (try Tensor([Float(1), 2]), try Tensor([Float(10), 20]))
    let level = NoiseLevel(timestep: 0, signal: 0.5, noise: 0.25)
    #expect(try floats(level.noised(clean, with: noise)) == [3, 6])
    #expect(try floats(clean) == [1, 2] && floats(noise) == [10, 20])
    #expect(level.total == 0.75 && abs(level.magnitude - 0.5590169943749475) < 1e-15)
  }
}
