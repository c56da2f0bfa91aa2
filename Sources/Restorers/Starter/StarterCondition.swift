internal import Priors
internal import Torch

/// The starter's networks with what they look at during one run.
final class StarterCondition: Denoiser {
  private let network: StarterNetwork
  private let codec: PixelCodec
  private let base_BCHW: Tensor
  private var picture_BCHW: Tensor

  /// - Parameters:
  ///   - presented_BCHW: The picture that the ControlNet looks at first.
  ///   - base_BCHW: Its latent, which the U-Net's answer is added to.
  init(_ network: StarterNetwork, codec: PixelCodec, presented_BCHW: Tensor, base_BCHW: Tensor) {
    self.network = network
    self.codec = codec
    self.base_BCHW = base_BCHW
    picture_BCHW = presented_BCHW
  }

  /// Shows the ControlNet another picture from now on.
  func look(at picture_BCHW: Tensor) { self.picture_BCHW = picture_BCHW }

  func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    try predict(noisy_BCHW, level, picture_BCHW: picture_BCHW, base_BCHW: base_BCHW)
  }

  /// The same on a part of the canvas; the tile is in latent coordinates.
  func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel, in tile: Tile) throws -> Tensor {
    let f = codec.factor
    let picture = try picture_BCHW.narrowed(2, from: tile.top * f, length: tile.height * f)
      .narrowed(3, from: tile.left * f, length: tile.width * f)
    let base = try base_BCHW.narrowed(2, from: tile.top, length: tile.height)
      .narrowed(3, from: tile.left, length: tile.width)
    return try predict(noisy_BCHW, level, picture_BCHW: picture, base_BCHW: base)
  }

  private func predict(_ noisy_BCHW: Tensor, _ level: NoiseLevel, picture_BCHW: Tensor, base_BCHW: Tensor) throws
    -> Tensor
  {
    try network.predictClean(
      noisy_BCHW, levels: [level], condition: try network.embed(picture_BCHW), base_BCHW: base_BCHW)
  }
}
