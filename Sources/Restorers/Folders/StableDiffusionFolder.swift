internal import Checkpoints
internal import Priors
internal import Torch

/// Loads the parts of Stable Diffusion 2 from a model's folder.
struct StableDiffusionFolder {
  let folder: ModelFolder
  var parts = StableDiffusionParts.two
  let dtype: DType
  let device: Device

  func autoencoder() throws -> AutoencoderKL {
    let path = try folder.require(parts.autoencoder)
    let config = try ConfigFile.read(AutoencoderKLConfig.self, path: path + "/config.json") ?? AutoencoderKLConfig()
    return try ParameterLoader.load(
      try openCheckpoint(path), component: "the autoencoder", dtype: dtype, device: device
    ) { try AutoencoderKL($0, config) }
  }

  /// The folder's schedule; the base model's usual one where there is none.
  func schedule() throws -> SchedulerConfig {
    guard let path = folder.find(parts.schedule) else { return parts.defaultSchedule() }
    return try ConfigFile.read(SchedulerConfig.self, path: path + "/scheduler_config.json") ?? parts.defaultSchedule()
  }

  /// The tokens of prompts, `[1, 77, D]` each: the whole last hidden state. The encoder's memory is free again afterwards.
  func tokens(of prompts: [String]) throws -> [Tensor] { try reader()(prompts) }

  /// The text encoder with its tokenizer, as a call that answers what ``tokens(of:)`` does.
  func reader() throws -> (_ prompts: [String]) throws -> [Tensor] {
    let tokenizer = try CLIPTokenizer(folder: folder.require(parts.tokenizer))
    let path = try folder.require(parts.textEncoder)
    var config = CLIPTextConfig.openCLIPH
    if let own = try ConfigFile.read(CLIPTextConfig.self, path: path + "/config.json") { config = own }
    let encoder = try ParameterLoader.load(
      try openCheckpoint(path), component: "the text encoder", dtype: dtype, device: device,
      ignoring: { $0.hasSuffix("position_ids") }
    ) { try CLIPTextModel($0, config) }
    return { [device] prompts in
      try prompts.map { prompt in
        try encoder(try tokenizer.ids_BL([prompt]).to(device: device)).lastHiddenState_BLD
      }
    }
  }
}
