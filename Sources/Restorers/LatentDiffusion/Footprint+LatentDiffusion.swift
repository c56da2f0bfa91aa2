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
    // The decoder's widest maps grow with the picture; strips bound the rest. A side of 1024 has 2^20 pixels.
    Footprint(
      fixed: parameterCount * dtype.byteCount + 700_000_000,
      perPixel: (working(1024, StripPlan(byteCount: 1)) >> 20) + 120, perTilePixel: 350 * dtype.byteCount)
  }
}
