internal import Checkpoints
internal import Priors

/// Stable Diffusion XL in its authors' layout (`sd_xl_base_1.0.safetensors`): all networks in one file, under the names of
/// their training code.
struct SDXLSingleFile {
  /// Where each network's keys stand.
  static let prefixes = (
    unet: "model.diffusion_model.", autoencoder: "first_stage_model.",
    textEncoder: "conditioner.embedders.0.transformer.",
    textEncoder2: "conditioner.embedders.1.model."
  )

  private let file: any Checkpoint
  private let config: SDXLConfig

  /// - Throws: `CheckpointError` for a file that holds another model.
  init(_ file: any Checkpoint, _ config: SDXLConfig = SDXLConfig()) throws(CheckpointError) {
    // Stable Diffusion 1 and 2 have the same names for the U-Net and no second text encoder.
    guard file.keys.contains(where: { $0.hasPrefix(Self.prefixes.textEncoder2) }) else {
      throw CheckpointError(
        .mismatch,
        "Could not load \(file.name) as Stable Diffusion XL: it has no keys under '\(Self.prefixes.textEncoder2)'. Is it another "
          + "model, or a file of the U-Net alone?")
    }
    self.file = file
    self.config = config
  }

  var unet: (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource) {
    (CheckpointPart(file, prefix: Self.prefixes.unet), { [config] in config.unet.latentDiffusionKeys.reading($0) })
  }

  var autoencoder: (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource) {
    (
      CheckpointPart(file, prefix: Self.prefixes.autoencoder),
      { [config] in config.autoencoder.latentDiffusionKeys.reading($0) }
    )
  }

  var textEncoder: (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource) {
    (CheckpointPart(file, prefix: Self.prefixes.textEncoder), { $0 })
  }

  var textEncoder2: (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource) {
    (
      CheckpointPart(file, prefix: Self.prefixes.textEncoder2),
      { [config] in
        OpenCLIPKeyMap(layers: config.textEncoder2.layers, width: config.textEncoder2.width, projection: true).source(
          $0)
      }
    )
  }
}
