extension CLIPTextConfig {
  /// OpenAI's CLIP ViT-L, as Stable Diffusion XL, 3 and Flux have it: without a projection.
  public static let clipL: CLIPTextConfig = {
    var config = CLIPTextConfig()
    config.width = 768
    config.innerWidth = 3072
    config.layers = 12
    config.heads = 12
    config.projectionWidth = 768
    config.architectures = ["CLIPTextModel"]
    return config
  }()

  /// OpenCLIP ViT-bigG with its projection, as Stable Diffusion XL and 3 have it.
  public static let openCLIPBigG: CLIPTextConfig = {
    var config = CLIPTextConfig()
    config.width = 1280
    config.innerWidth = 5120
    config.layers = 32
    config.heads = 20
    config.activation = .gelu
    config.projectionWidth = 1280
    config.architectures = ["CLIPTextModelWithProjection"]
    return config
  }()
}
