extension AutoencoderKLConfig {
  /// The autoencoder of FLUX.1: Stable Diffusion 3's with weights and scaling of its own.
  public static let flux: AutoencoderKLConfig = {
    var config = AutoencoderKLConfig.sd3
    config.scalingFactor = 0.3611
    config.shiftFactor = 0.1159
    return config
  }()
}
