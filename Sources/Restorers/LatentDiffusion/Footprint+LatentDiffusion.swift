internal import Priors
internal import Torch

extension Footprint {
  /// Of a system that denoises in an autoencoder's latents. Calculated, with room for libtorch and what the networks hold.
  /// - Parameters:
  ///   - parameterCount: Of all networks that stay loaded.
  ///   - dtype: What they compute in.
  ///   - working: Bytes that the autoencoder needs for a picture of a side, in strips of a plan.
  static func latentDiffusion(
    parameterCount: Int, dtype: DType, working: (_ side: Int, _ plan: StripPlan) -> Int
  ) -> Footprint {
    latentDiffusion(weights: parameterCount * dtype.byteCount, dtype: dtype, working: working)
  }

  /// The same by the bytes of the weights.
  /// - Parameters:
  ///   - weights: Bytes of all networks that are loaded at one time, at most.
  ///   - dtype: What the denoising network computes in.
  ///   - working: Bytes that the autoencoder needs for a picture of a side, in strips of a plan.
  static func latentDiffusion(
    weights: Int, dtype: DType, working: (_ side: Int, _ plan: StripPlan) -> Int
  ) -> Footprint {
    // The decoder's widest maps grow with the picture; strips bound the rest. A side of 1024 has 2^20 pixels.
    Footprint(
      fixed: weights + 700_000_000,
      perPixel: (working(1024, StripPlan(byteCount: 1)) >> 20) + 120, perTilePixel: 350 * dtype.byteCount)
  }
}
