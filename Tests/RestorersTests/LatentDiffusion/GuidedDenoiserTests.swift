import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct GuidedDenoiserTests {
  private static let level = NoiseLevel(timestep: 500, signal: 0.6, noise: 0.8)

  /// Rows of the first half are answered by one network, those of the second by another.
  private static func pair(
    _ negative: @escaping (Tensor) throws -> Tensor, _ prompt: @escaping (Tensor) throws -> Tensor
  ) -> StubDenoiser {
    StubDenoiser { noisy, _ in
      let halves = try noisy.chunks(2, axis: 0)
      return try .concatenated([negative(halves[0]), prompt(halves[1])], axis: 0)
    }
  }

  /// Sees three pixels around each pixel.
  private static func local(_ noisy: Tensor, _ sign: Double) throws -> Tensor {
    let kernel = try Tensor.ones([noisy.size(1), 1, 3, 3]) * (sign / 9)
    return try noisy.conv2d(kernel, padding: 1, groups: noisy.size(1)).tanh()
  }

  @Test(arguments: [(5.5, 12.0), (1, 3), (0, 1), (2, 5)])
  func goesFromTheNegativeTowardsThePrompt(scale: Double, expected: Double) throws {
    let denoiser = GuidedDenoiser(Self.pair({ $0 }, { try $0 * 3 }), scale: scale)
    let answer = try denoiser.predictClean(.ones([1, 4, 2, 3]), at: Self.level)
    #expect(answer.shape == [1, 4, 2, 3])
    #expect(try answer.floats().allSatisfy { Double($0) == expected })
  }

  /// The formula is one of noises: `x = a z + b ε`.
  @Test func actsOnCleanLatentsAsOnNoises() throws {
    let draws = try (0..<3).map { try Tensor.randn([1, 4, 5, 6], generator: Generator(seed: $0)) }
    let (noisy, negative, prompt) = (draws[0], draws[1], draws[2])
    func clean(_ noise: Tensor) throws -> Tensor {
      try Parametrisation.epsilon.clean(from: noise, noisy: noisy, at: Self.level)
    }
    let denoiser = GuidedDenoiser(Self.pair({ _ in try clean(negative) }, { _ in try clean(prompt) }), scale: 5.5)
    let expected = try clean(negative + (prompt - negative) * 5.5)
    #expect(try Difference(denoiser.predictClean(noisy, at: Self.level), expected, absolute: 5e-5, relative: 0).isClose)
  }

  /// Blended, then combined, or the other way round: both are sums.
  @Test func tilesMayBeInsideOrOutside() throws {
    let networks = Self.pair({ try Self.local($0, 1) }, { try Self.local($0, -1) })
    let plan = try TilePlan(height: 40, width: 56, tile: 24)
    let noisy = try Tensor.randn([1, 4, 40, 56], generator: Generator(seed: 5))
    let inside = GuidedDenoiser(
      TiledDenoiser(plan) { crop, _, level in try networks.predictClean(crop, at: level) }, scale: 4)
    let outside = TiledDenoiser(plan) { _ in GuidedDenoiser(networks, scale: 4) }
    let expected = try outside.predictClean(noisy, at: Self.level)
    #expect(try Difference(inside.predictClean(noisy, at: Self.level), expected, absolute: 1e-5, relative: 0).isClose)
  }

  @Test(arguments: TileWindow.allCases)
  func localNetworksDoNotNoticeTiles(window: TileWindow) throws {
    let x = try Tensor.arange(0, 120).reshaped([1, 1, 1, 120])
    let y = try Tensor.arange(0, 96).reshaped([1, 1, 96, 1])
    let noisy = try ((x * 0.05).sin() + (y * 0.04).cos()).expanded([1, 4, 96, 120]).contiguous()
    let networks = Self.pair({ try Self.local($0, 0.5) }, { try Self.local($0, 1) })
    let plan = try TilePlan(height: 96, width: 120, tile: 48)
    let tiled = GuidedDenoiser(
      TiledDenoiser(plan, window: window) { crop, _, level in try networks.predictClean(crop, at: level) }, scale: 3)
    let whole = GuidedDenoiser(networks, scale: 3)
    let difference = try tiled.predictClean(noisy, at: Self.level) - whole.predictClean(noisy, at: Self.level)
    // What the outermost pixel of a tile lacks counts little: it is a third of the brightness at its rim.
    #expect(try difference.abs().maximum().item() < 0.003)
    #expect(plan.count == 9)
  }
}
