extension UNetConfig {
  /// The sizes of Stable Diffusion XL's U-Net.
  public static let sdxl: UNetConfig = {
    var config = UNetConfig()
    config.blockOutChannels = [320, 640, 1280]
    config.downBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"]
    config.upBlockTypes = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]
    config.transformerLayersPerBlock = [1, 2, 10]
    config.headCounts = [5, 10, 20]
    config.crossAttentionWidth = 2048
    config.additionEmbedType = "text_time"
    config.additionTimeEmbedWidth = 256
    config.projectionInputWidth = 2816
    return config
  }()
}
