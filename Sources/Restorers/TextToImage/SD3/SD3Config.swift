internal import Checkpoints
internal import Priors

/// The sizes of Stable Diffusion 3's networks. Files in the authors' layout hold none.
struct SD3Config {
  var transformer = SD3TransformerConfig()
  var autoencoder = AutoencoderKLConfig.sd3
  /// Without a projection: the pooled text of the smaller encoder is not projected.
  var textEncoder = CLIPTextConfig.clipL
  var textEncoder2 = CLIPTextConfig.openCLIPBigG
  var textEncoder3 = T5EncoderConfig()
  var schedule: SchedulerConfig = {
    var config = SchedulerConfig(className: FlowMatchEulerScheduler.className)
    config.shift = 3
    return config
  }()

  /// The published sizes of SD 3 medium.
  init() {}

  /// What a folder's configurations say; the published sizes where there are none.
  init(_ folder: ModelFolder) throws {
    func read<Config: Decodable>(
      _ part: ModelPart, into config: inout Config, _ file: String = "config.json"
    ) throws {
      if let path = folder.find(part), let own = try ConfigFile.read(Config.self, path: path + "/" + file) {
        config = own
      }
    }
    try read(SD3Parts.transformer, into: &transformer)
    try read(SD3Parts.autoencoder, into: &autoencoder)
    try read(SD3Parts.textEncoder, into: &textEncoder)
    try read(SD3Parts.textEncoder2, into: &textEncoder2)
    try read(SD3Parts.textEncoder3, into: &textEncoder3)
    try read(SD3Parts.schedule, into: &schedule, "scheduler_config.json")
  }
}
