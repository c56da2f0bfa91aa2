import Checkpoints
import Priors
import Testing
import Torch

struct SpatialModulationTests {
  private static let sizes = SpatialModulation.Sizes(channels: 6, hidden: 5)

  @Test func scalesAndShiftsTheNormedFeatures() throws {
    let source = try RandomSource(seed: 4)
    let layer = try SpatialModulation(
      ParameterLoader(source).root, width: 8, Self.sizes, groups: 2, epsilon: 1e-5)
    let x = try Draws(seed: 5).normal([2, 8, 6, 7])
    let map = try Draws(seed: 6).normal([2, 6, 6, 7])
    func conv(_ name: String, _ input: Tensor) throws -> Tensor {
      try input.conv2d(source(name + ".weight"), bias: source(name + ".bias"), padding: 1)
    }
    let hidden = try conv("mlp_shared.0", map).relu()
    let normed = try x.groupNorm(
      2, weight: source("param_free_norm.weight"), bias: source("param_free_norm.bias"), epsilon: 1e-5)
    let expected = try normed * (conv("mlp_gamma", hidden) + 1) + conv("mlp_beta", hidden)
    let before = try floats(x)
    try inEveryMode { () throws in #expect(try isClose(layer(x, map: map), expected)) }
    #expect(try floats(x) == before)
  }

  @Test func aMapOfAnotherSizeIsRefused() throws {
    let layer = try SpatialModulation(
      ParameterLoader(RandomSource()).root, width: 8, Self.sizes, groups: 2, epsilon: 1e-5)
    let error = #expect(throws: TorchError.self) {
      try layer(Draws().normal([1, 8, 9, 8]), map: Draws().normal([1, 6, 8, 8]))
    }
    #expect(
      error?.message
        == "structure features of shape [1, 6, 8, 8] cannot steer features of shape [1, 8, 9, 8]: a latent's sides must be "
        + "multiples of what the networks reduce it by")
  }
}
