internal import Checkpoints
internal import Priors

/// The sizes of Stable Diffusion XL's networks. Files in the authors' layout hold none.
struct SDXLConfig {
  var unet = UNetConfig.sdxl
  var autoencoder = AutoencoderKLConfig.sdxl
  var textEncoder = CLIPTextConfig.clipL
  var textEncoder2 = CLIPTextConfig.openCLIPBigG
  var schedule = SchedulerConfig.stableDiffusion(EulerDiscreteScheduler.className)
  /// Without a negative prompt there are zeros in place of its tokens, and not those of an empty text.
  var zeroesAbsentNegative = true

  /// The published sizes.
  init() {}

  /// What a folder's configurations say; the published sizes where there are none.
  init(_ folder: ModelFolder) throws {
    func read<Config: Decodable>(_ part: ModelPart, _ file: String, into config: inout Config) throws {
      if let path = folder.find(part), let own = try ConfigFile.read(Config.self, path: path + "/" + file) {
        config = own
      }
    }
    try read(SDXLParts.unet, "config.json", into: &unet)
    try read(SDXLParts.autoencoder, "config.json", into: &autoencoder)
    try read(SDXLParts.textEncoder, "config.json", into: &textEncoder)
    try read(SDXLParts.textEncoder2, "config.json", into: &textEncoder2)
    try read(SDXLParts.schedule, "scheduler_config.json", into: &schedule)
    if let path = folder.find(SDXLParts.index), let index = try ConfigFile.read(Index.self, path: path) {
      zeroesAbsentNegative = index.zeroesEmptyPrompt ?? true
    }
  }

  private struct Index: Decodable {
    let zeroesEmptyPrompt: Bool?

    enum CodingKeys: String, CodingKey { case zeroesEmptyPrompt = "force_zeros_for_empty_prompt" }
  }
}
