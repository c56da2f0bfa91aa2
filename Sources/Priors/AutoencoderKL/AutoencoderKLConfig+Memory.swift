public import Torch

extension AutoencoderKLConfig {
  /// Bytes that an encode or a decode in strips needs at its peak, beside weights, input and result.
  ///
  /// Of most weight are the maps of the finest level. A residual block holds its input and its middle; strips of the one
  /// go as strips of the other come, so that its result takes no more. A block that narrows holds its wide input alone,
  /// and then two narrow maps.
  /// - Parameters:
  ///   - height: Of the picture, in pixels.
  ///   - width: Of the picture, in pixels.
  ///   - dtype: What the network computes in.
  ///   - plan: How large strips are.
  public func workingByteCount(height: Int, width: Int, dtype: DType, plan: StripPlan) -> Int {
    let pixels = height * width
    var most = 0
    for (level, channels) in blockOutChannels.enumerated() {
      let coarser = level + 1 < blockOutChannels.count ? blockOutChannels[level + 1] : channels
      most = max(most, max(2 * channels, coarser) * (pixels >> (2 * level)))
    }
    // The middle's attention holds its input, the normed input, queries, keys, values and result.
    let last = blockOutChannels[blockOutChannels.count - 1]
    most = max(most, 6 * last * (pixels >> (2 * (blockOutChannels.count - 1))))
    // Rows with their halo, the same normed, the convolution's result and what is added to it; libtorch's own copies.
    return most * dtype.byteCount + 6 * min(plan.byteCount, most * dtype.byteCount)
  }
}
