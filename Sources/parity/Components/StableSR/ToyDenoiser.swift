import Priors
import Restorers
import Torch

/// The network that stands in for StableSR's in fixtures of its loop: one 3×3 convolution over the noisy crop and the
/// low-quality latent's, to which the time is added.
struct ToyDenoiser {
  struct Arguments: Decodable {
    var tile_size: Int
    var tile_overlap: Int
    var ddpm_steps: Int?
  }

  let low_BCHW: Tensor
  let arguments: Arguments
  private let weight: Tensor
  private let bias: Tensor

  /// - Parameter low: The input that holds the low-quality latent.
  init(_ fixture: Fixture, low: String) throws {
    low_BCHW = try fixture.input(low)
    arguments = try fixture.arguments(as: Arguments.self)
    (weight, bias) = (try fixture.weight("conv.weight"), try fixture.weight("conv.bias"))
  }

  /// The release's tiles: weights stand half a pixel too low down the rows.
  func tiling() throws -> LatentTiling {
    let variant = StableSRVariant(
      parametrisation: .epsilon, tileSide: arguments.tile_size, tileOverlap: arguments.tile_overlap,
      settings: StableSRSettings())
    guard
      let tiling = try variant.tiling(
        height: low_BCHW.size(2), width: low_BCHW.size(3), window: .unevenGaussian)
    else { throw ParityError("its tiles are as large as its latent, so nothing would be blended") }
    return tiling
  }

  /// What the network answers for a tile.
  func predict(_ noisy_BCHW: Tensor, _ tile: Tile, time: Double) throws -> Tensor {
    try Tensor.concatenated([noisy_BCHW, try low_BCHW.cropped(tile) + time / 1000], axis: 1)
      .conv2d(weight, bias: bias, padding: 1)
  }

  /// The tiles and their weights.
  func tileAnswers(_ tiling: LatentTiling) throws -> [Answer] {
    let side = arguments.tile_size
    func factors(_ isVertical: Bool) -> [Double] {
      tiling.window.factors(
        side: side, before: arguments.tile_overlap, after: arguments.tile_overlap, isVertical: isVertical)
    }
    return [
      Answer("tile_weights", try Tensor(factors(true)).outer(try Tensor(factors(false)))),
      Answer(
        "tile_origins_y_x",
        try Tensor(tiling.plan.tiles.flatMap { [Float($0.top), Float($0.left)] }, [tiling.plan.count, 2])),
    ]
  }
}
