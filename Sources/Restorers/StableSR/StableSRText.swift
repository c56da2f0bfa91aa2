internal import Checkpoints
internal import Priors
internal import Torch

/// The text side of StableSR: the encoder lies in the main file, the tokenizer's vocabulary in none of the release's.
struct StableSRText {
  private let source: any ParameterSource
  private let config: CLIPTextConfig
  private let folder: ModelFolder
  private let dtype: DType
  private let device: Device

  init(
    _ source: any ParameterSource, _ config: CLIPTextConfig, folder: ModelFolder, dtype: DType, device: Device
  ) {
    self.source = source
    self.config = config
    self.folder = folder
    self.dtype = dtype
    self.device = device
  }

  /// Tokens of the empty prompt: start (49406), end (49407), and padding with 0. Needs no vocabulary.
  func emptyPrompt() throws -> Tensor {
    let ids = [49406, 49407] + Array(repeating: 0, count: config.positions - 2)
    return try encode([try Tensor(ids, [1, config.positions])])[0]
  }

  /// Tokens of prompts, `[1, 77, D]` each.
  func tokens(of prompts: [String]) throws -> [Tensor] {
    let tokenizer = try CLIPTokenizer(folder: folder.require(StableSRFiles.tokenizer))
    return try encode(prompts.map { try tokenizer.ids_BL([$0], padID: 0) })
  }

  private func encode(_ ids: [Tensor]) throws -> [Tensor] {
    let encoder = try ParameterLoader.load(
      source, component: "StableSR's text encoder", dtype: dtype, device: device
    ) { try CLIPTextModel($0, config) }
    return try ids.map { try encoder(try $0.to(device: device)).lastHiddenState_BLD }
  }
}
