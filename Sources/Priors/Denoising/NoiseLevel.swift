public import Torch

/// How much signal and noise a latent holds: `latent = signal · clean + noise · ε`, with standard normal ε.
///
/// Samplers differ in what they let grow: `signal² + noise² = 1` (DDPM, DDIM, DPM-Solver++), `signal = 1` (Euler on
/// sigmas) or `signal + noise = 1` (rectified flow). Both numbers together say it for all of them.
public struct NoiseLevel: Sendable, Hashable {
  /// What the network is told, on its own scale (0…1000 for most).
  public let timestep: Double
  /// Factor of the clean latent.
  public let signal: Double
  /// Factor of the noise, sigma.
  public let noise: Double

  /// A noise level.
  public init(timestep: Double, signal: Double, noise: Double) {
    self.timestep = timestep
    self.signal = signal
    self.noise = noise
  }

  /// The length of (signal, noise): what a variance-exploding latent is divided by before a network sees it.
  public var magnitude: Double { (signal * signal + noise * noise).squareRoot() }

  /// signal + noise: what a latent is divided by before a network of rectified flow sees it.
  public var total: Double { signal + noise }
}

extension NoiseLevel {
  /// A clean latent with this level's noise: `signal · clean + noise · ε`.
  /// - Parameters:
  ///   - clean: BCHW float32.
  ///   - noise: Standard normal noise of the same shape.
  /// - Throws: `TorchError`.
  public func noised(_ clean: Tensor, with noise: Tensor) throws(TorchError) -> Tensor {
    let latent = try clean * signal
    try latent.add(inPlace: noise, scale: self.noise)
    return latent
  }
}
