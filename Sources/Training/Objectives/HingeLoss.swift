public import Torch

/// The hinge loss of adversarial training (Lim and Ye 2017, "Geometric GAN").
public enum HingeLoss {
  /// What a discriminator pays: real pictures should score above 1, made ones below -1.
  /// - Returns: `mean(max(0, 1 - real)) + mean(max(0, 1 + made))`, a scalar.
  public static func discriminator(real: Tensor, made: Tensor) throws(TorchError) -> Tensor {
    try (real * -1 + 1).relu().mean() + (made + 1).relu().mean()
  }

  /// What the maker pays: `-mean(made)`, a scalar.
  public static func generator(made: Tensor) throws(TorchError) -> Tensor { try made.mean() * -1 }
}
