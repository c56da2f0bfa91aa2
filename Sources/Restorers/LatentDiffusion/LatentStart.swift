/// What a run begins with.
public enum LatentStart: Sendable, Hashable {
  /// The low-quality picture's latent with the noise of a time: `√Ā z + √(1 - Ā) ε`. Steps above that time are left out.
  case picture(time: Double)
  /// Noise alone.
  case noise
}
