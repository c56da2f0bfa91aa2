public import Checkpoints

extension AutoencoderKLConfig {
  /// The key names of the original authors' files (`encoder.down`, `decoder.up`, …), without a prefix, and those of
  /// ``AutoencoderKL``.
  public var latentDiffusionKeys: KeyMap {
    .latentDiffusionAutoencoder(levels: blockOutChannels.count, layersPerBlock: layersPerBlock)
  }
}
