public import Degradation
public import Priors
public import Restorers
public import Torch

/// How far the picture that a rectified-flow network predicts is from the high-quality one, in pixels: beside the loss on
/// velocities, which does not see what the decoder makes of an error.
///
/// The velocity v at time t implies the clean latent `z - t v`. A part of it is decoded with a halo around, which is cut off
/// again, by a decoder that stays as it is and that gradients go through. Rows count by `λ (1 - t)`: far from the picture
/// the prediction is a blur that no decoder was made for.
///
/// FluxIR (arXiv 2504.15159) states such a loss but not its form; this one is Burnish's choice.
public struct PixelLoss {
  /// λ.
  public var weight: Double
  /// Side of the part that is compared, in latent pixels; nil compares all.
  public var crop: Int?
  /// Latent pixels around it that are decoded too, as far as there are any.
  public var halo: Int
  private let autoencoder: AutoencoderKL

  /// A loss over a loaded autoencoder, whose parameters need not record gradients.
  /// - Parameters:
  ///   - autoencoder: What decodes.
  ///   - weight: λ.
  ///   - crop: Side of the part that is compared, in latent pixels; nil compares all.
  ///   - halo: Latent pixels around it that are decoded too.
  public init(_ autoencoder: AutoencoderKL, weight: Double = 0.1, crop: Int? = 64, halo: Int = 8) {
    self.autoencoder = autoencoder
    self.weight = weight
    self.crop = crop
    self.halo = halo
  }

  /// The loss of a batch.
  /// - Parameters:
  ///   - noisy_BCHW: The noisy latents, in the scaling of the diffusion network.
  ///   - velocity_BCHW: What the network predicted: noise minus clean.
  ///   - times: The noise's share of each row.
  ///   - high_BCHW: The high-quality pictures, 0…1, as large as the decoder's.
  ///   - random: Chooses the part, the same for all rows; moves on.
  /// - Returns: A scalar: the mean over rows of `λ (1 - t)` times the mean absolute difference, of pictures in 0…1.
  /// - Throws: `TrainingError` for pictures of another size; `TorchError`, also when memory runs out.
  public func callAsFunction(
    noisy_BCHW: Tensor, velocity_BCHW: Tensor, times: [Double], high_BCHW: Tensor, random: inout SeededRandom
  ) throws -> Tensor {
    let (rows, height, width) = (noisy_BCHW.size(0), noisy_BCHW.size(2), noisy_BCHW.size(3))
    let factor = autoencoder.config.sideFactor
    guard times.count == rows, high_BCHW.size(0) == rows, high_BCHW.size(2) == height * factor,
      high_BCHW.size(3) == width * factor
    else {
      throw TrainingError(
        .data,
        "the pixel loss got \(times.count) times and pictures of shape \(high_BCHW.shape) for latents of shape "
          + "\(noisy_BCHW.shape): each row has a time, and a picture \(factor) times as large")
    }
    let inner = part(height: height, width: width, &random)
    let outer = widened(inner, height: height, width: width)
    let clean = try cleanLatent(noisy_BCHW, velocity_BCHW, times: times).cropped(outer)
    let decoded = try autoencoder.decode(try autoencoder.unscaled(clean)) * 0.5 + 0.5
    let place = Tile(
      top: inner.top - outer.top, left: inner.left - outer.left, height: inner.height, width: inner.width)
    let difference = try decoded.cropped(place.scaled(by: factor)) - high_BCHW.cropped(inner.scaled(by: factor))
    let weights = try Tensor(times.map { Float(weight * (1 - $0)) }).to(device: noisy_BCHW.device)
    return try (difference.abs().mean([1, 2, 3]) * weights).mean()
  }

  /// `z - t v`.
  private func cleanLatent(_ noisy_BCHW: Tensor, _ velocity_BCHW: Tensor, times: [Double]) throws(TorchError) -> Tensor
  {
    let time_B111 = try Tensor(times.map { Float($0) }, [times.count, 1, 1, 1]).to(device: noisy_BCHW.device)
    return try noisy_BCHW.to(.float32) - velocity_BCHW.to(.float32) * time_B111
  }

  private func part(height: Int, width: Int, _ random: inout SeededRandom) -> Tile {
    let (rows, columns) = (min(crop ?? height, height), min(crop ?? width, width))
    return Tile(
      top: random.integer(below: height - rows + 1), left: random.integer(below: width - columns + 1), height: rows,
      width: columns)
  }

  private func widened(_ tile: Tile, height: Int, width: Int) -> Tile {
    let (top, left) = (max(tile.top - halo, 0), max(tile.left - halo, 0))
    let (bottom, right) = (min(tile.top + tile.height + halo, height), min(tile.left + tile.width + halo, width))
    return Tile(top: top, left: left, height: bottom - top, width: right - left)
  }
}
