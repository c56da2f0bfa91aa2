/// One step as a weighted sum: what every scheduler here comes down to once its noise levels are known.
///
/// `next = clean · ẑ₀ + sample · z + previousClean · ẑ₀′ + noise · ε`, with ẑ₀′ the clean latent predicted a step earlier.
public struct StepCoefficients: Sendable, Equatable {
  /// Weight of the predicted clean latent.
  public var clean: Double
  /// Weight of the noisy latent.
  public var sample: Double
  /// Weight of the clean latent predicted a step earlier.
  public var previousClean: Double
  /// Weight of fresh standard normal noise.
  public var noise: Double

  /// Weights of a step.
  /// - Parameters:
  ///   - clean: Weight of the predicted clean latent.
  ///   - sample: Weight of the noisy latent.
  ///   - previousClean: Weight of the clean latent predicted a step earlier.
  ///   - noise: Weight of fresh standard normal noise.
  public init(clean: Double, sample: Double, previousClean: Double = 0, noise: Double = 0) {
    self.clean = clean
    self.sample = sample
    self.previousClean = previousClean
    self.noise = noise
  }
}
