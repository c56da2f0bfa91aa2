public import Torch

/// What a diffusion network's output means.
public enum Parametrisation: String, Sendable, Codable, CaseIterable {
  /// The noise.
  case epsilon
  /// `signal · noise − noise · clean` on the variance-preserving scale (Salimans and Ho 2022, progressive distillation).
  case velocity = "v_prediction"
  /// The velocity of rectified flow, noise minus clean; `signal + noise = 1` on its own scale.
  case flow = "flow_prediction"
  /// The clean latent itself.
  case clean = "sample"

  /// What the network is given for a latent in the sampler's scaling: flow sees `signal + noise = 1`, all others see
  /// unit length.
  public func networkInput(_ noisy: Tensor, at level: NoiseLevel) throws(TorchError) -> Tensor {
    let length = self == .flow ? level.total : level.magnitude
    return isOne(length) ? noisy : try noisy / length
  }

  /// The clean latent that an output implies.
  /// - Parameters:
  ///   - output: What the network answered.
  ///   - noisy: The latent in the sampler's scaling, before ``networkInput(_:at:)``.
  ///   - level: Its noise level.
  public func clean(from output: Tensor, noisy: Tensor, at level: NoiseLevel) throws(TorchError) -> Tensor {
    switch self {
    case .epsilon:
      return try (noisy - output * level.noise) / level.signal
    case .velocity:
      // On the variance-preserving scale x̂ = x / m: clean = â x̂ − ŝ v.
      let length = level.magnitude
      return try noisy * (level.signal / (length * length)) - output * (level.noise / length)
    case .flow:
      // x = a clean + b ε and v = ε − clean, so x − b v = (a + b) clean.
      let clean = try noisy - output * level.noise
      return isOne(level.total) ? clean : try clean / level.total
    case .clean:
      return output
    }
  }

  /// The output that a perfect network would give: the training target.
  public func target(clean: Tensor, noise: Tensor, at level: NoiseLevel) throws(TorchError) -> Tensor {
    switch self {
    case .epsilon: return noise
    case .velocity: return try noise * (level.signal / level.magnitude) - clean * (level.noise / level.magnitude)
    case .flow: return try noise - clean
    case .clean: return clean
    }
  }

  /// True where dividing by the number would not change a float32.
  private func isOne(_ length: Double) -> Bool { abs(length - 1) < 1e-8 }
}
