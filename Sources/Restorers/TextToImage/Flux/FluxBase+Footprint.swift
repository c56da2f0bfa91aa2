internal import Layers
internal import Priors
internal import Torch

extension FluxBase {
  /// What a run takes, with room for the largest block alone.
  ///
  /// Calculated: the widest moment of a single block holds tokens, their normed form, queries, keys, values, the
  /// feed-forward's middle, its concatenation and the answer, 17 widths in all, and four more in float32 while queries are
  /// turned.
  /// - Parameters:
  ///   - adapter: Numbers of what steers the transformer.
  ///   - textLength: Tokens of every text.
  ///   - dtype: What the networks compute in.
  func footprint(adapter: Int = 0, textLength: Int, dtype: DType) -> Footprint {
    let latents = Footprint.latentDiffusion(
      parameterCount: autoencoder.parameterCount, dtype: autoencoder.dtype
    ) { side, plan in
      autoencoderConfig.workingByteCount(height: side, width: side, dtype: autoencoder.dtype, plan: plan)
    }
    let token = transformer.config.width * (17 * dtype.byteCount + 16)
    let block = transformer.blockByteCounts.max() ?? 0
    let networks = (parameterCount + adapter) * dtype.byteCount + block + textLength * token
    // A token is a square of pixels.
    let square = FluxPacking.side * autoencoderConfig.sideFactor
    return Footprint(
      fixed: latents.fixed + max(networks, text.byteCount), perPixel: latents.perPixel,
      perTilePixel: token / (square * square))
  }

  /// How many blocks stay in memory: what the rest of a run leaves of a budget.
  /// - Parameters:
  ///   - budget: Bytes that the run may take.
  ///   - others: What it takes by its ``footprint(adapter:textLength:dtype:)``, which has room for one block already.
  func residency(budget: Int, others: Int) -> BlockResidency {
    let sizes = transformer.blockByteCounts
    return BlockResidency(byteCounts: sizes, budget: max(budget - others, 0) + (sizes.max() ?? 0))
  }
}
