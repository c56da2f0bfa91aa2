extension AutoencoderKLConfig {
  /// The autoencoder of Stable Diffusion XL.
  public static let sdxl: AutoencoderKLConfig = {
    var config = AutoencoderKLConfig()
    config.scalingFactor = 0.13025
    config.forceUpcast = true
    return config
  }()

  /// The autoencoder of Stable Diffusion 3 and 3.5.
  public static let sd3: AutoencoderKLConfig = {
    var config = AutoencoderKLConfig()
    config.latentChannels = 16
    config.scalingFactor = 1.5305
    config.shiftFactor = 0.0609
    config.usesQuantConv = false
    config.usesPostQuantConv = false
    config.forceUpcast = true
    return config
  }()
}
