internal import Checkpoints
internal import Priors

/// Stable Diffusion 3 or 3.5 in its authors' layout (`sd3_medium.safetensors`): transformer and autoencoder, and in some
/// files the text encoders.
struct SD3SingleFile {
  /// Where each network's keys stand.
  static let prefixes = (
    transformer: "model.diffusion_model.", autoencoder: "first_stage_model.",
    textEncoder: "text_encoders.clip_l.transformer.", textEncoder2: "text_encoders.clip_g.transformer.",
    textEncoder3: "text_encoders.t5xxl.transformer."
  )

  private let file: any Checkpoint

  /// The file's keys below the transformer's prefix.
  let transformer: any Checkpoint

  /// - Throws: `CheckpointError` for a file that holds another model.
  init(_ file: any Checkpoint) throws(CheckpointError) {
    self.file = file
    transformer = CheckpointPart(file, prefix: Self.prefixes.transformer)
    guard transformer.keys.contains("joint_blocks.0.x_block.attn.qkv.weight") else {
      throw CheckpointError(
        .mismatch,
        "Could not load \(file.name) as Stable Diffusion 3: it has no key '\(Self.prefixes.transformer)joint_blocks.0.x_block.attn"
          + ".qkv.weight'. Is it another model?")
    }
    guard autoencoder.keys.contains("decoder.conv_in.weight") else {
      throw CheckpointError(
        .mismatch,
        "Could not load \(file.name) as Stable Diffusion 3: it holds no autoencoder (keys under "
          + "'\(Self.prefixes.autoencoder)'); take the authors' whole file.")
    }
  }

  var autoencoder: any Checkpoint { CheckpointPart(file, prefix: Self.prefixes.autoencoder) }
  var textEncoder: (any Checkpoint)? { part(Self.prefixes.textEncoder) }
  var textEncoder2: (any Checkpoint)? { part(Self.prefixes.textEncoder2) }
  var textEncoder3: (any Checkpoint)? { part(Self.prefixes.textEncoder3) }

  private func part(_ prefix: String) -> (any Checkpoint)? {
    let part = CheckpointPart(file, prefix: prefix)
    return part.keys.isEmpty ? nil : part
  }

  /// The transformer under diffusers' names.
  static func reading(_ config: SD3TransformerConfig) -> (any ParameterSource) -> any ParameterSource {
    { config.originalKeys.source($0) }
  }

  /// CLIP-L without the projection and the temperature that some files hold: the pooled text is taken as it is.
  static func withoutProjection(_ source: any ParameterSource) -> any ParameterSource {
    RenamedSource(source, [:]) { $0 == "text_projection.weight" || $0 == "logit_scale" }
  }
}
