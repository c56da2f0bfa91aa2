public import Torch

/// What an autoencoder's encoder answers: an independent normal distribution for each number of the latent.
public struct LatentPosterior {
  /// Means, BCHW float32, in the autoencoder's own scaling.
  public let mean_BCHW: Tensor
  /// Logarithms of the variances, BCHW float32, within -30…20.
  public let logVariance_BCHW: Tensor

  /// Splits the encoder's output, means before log-variances, along the channels.
  init(moments_BCHW: Tensor) throws(TorchError) {
    let halves = try moments_BCHW.to(.float32).chunks(2, axis: 1)
    mean_BCHW = halves[0]
    logVariance_BCHW = try halves[1].clamped(min: -30, max: 20)
  }

  /// A draw: `mean + exp(logVariance / 2) noise`.
  /// - Parameter noise_BCHW: Standard normal numbers of the mean's shape.
  public func sample(_ noise_BCHW: Tensor) throws(TorchError) -> Tensor {
    try mean_BCHW + (logVariance_BCHW * 0.5).exp() * noise_BCHW
  }
}
