internal import Checkpoints
package import Priors
package import Torch

/// The base model of restoration adapters as their training needs it: frozen, and loaded once.
package struct AdapterPrior {
  /// What the network is told of prompts, a row each, float32.
  package struct Text {
    /// Tokens, `[B, L, D]`.
    package let tokens_BLD: Tensor
    /// The pooled text, `[B, P]`.
    package let pooled_BP: Tensor

    /// A prompt, or several.
    package init(tokens_BLD: Tensor, pooled_BP: Tensor) {
      self.tokens_BLD = tokens_BLD
      self.pooled_BP = pooled_BP
    }

    /// Several prompts, a row each.
    package init(rows: [Text]) throws(TorchError) {
      self.init(
        tokens_BLD: try .concatenated(rows.map(\.tokens_BLD), axis: 0),
        pooled_BP: try .concatenated(rows.map(\.pooled_BP), axis: 0))
    }
  }

  /// The network.
  package let backbone: AdapterBackbone
  /// Its weights.
  package let weights: FrozenWeights
  /// ``PriorFingerprint`` of them, for the adapter's file.
  package let fingerprint: String
  /// From pictures to latents and back.
  package let codec: LatentCodec
  /// The noise schedule.
  package let schedule: SchedulerConfig
  /// Encodes prompts.
  package let text: (_ prompts: [String]) throws -> Text

  /// What ``init(_:system:usesT5:dtype:device:)`` takes.
  package static let systems = [SDXLAdapterModel.system, SD3AdapterModel.system]

  /// Opens a base model.
  /// - Parameters:
  ///   - path: Its folder or single file.
  ///   - system: `sdxl-adapter` or `sd3-adapter`.
  ///   - usesT5: Whether SD 3 reads prompts with T5 too where it is there.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  package init(_ path: String, system: String, usesT5: Bool, dtype: DType, device: Device) throws {
    let folder = ModelFolder(path, model: system)
    let stored: any ParameterSource
    if system == SD3AdapterModel.system {
      var request = SD3Base.Request(dtype: dtype, device: device)
      request.usesT5 = usesT5
      let base = try SD3Base(folder, request)
      backbone = .transformer(base.config.transformer)
      stored = base.transformer.weights
      codec = LatentCodec(try base.autoencoder.load())
      schedule = base.config.schedule
      let encoders = try base.text.resident()
      text = { prompts in
        try Text(rows: encoders.encode(prompts).map { Text(tokens_BLD: $0.text_BTE, pooled_BP: $0.pooled_BP) })
      }
    } else {
      let base = try SDXLBase(folder, dtype: dtype, device: device)
      backbone = .unet(base.config.unet)
      stored = base.unet.weights
      codec = LatentCodec(try base.autoencoder.load())
      schedule = base.config.schedule
      let encoders = try base.text.resident()
      text = { prompts in
        try Text(rows: encoders.encode(prompts).map { Text(tokens_BLD: $0.text_BLD, pooled_BP: $0.pooled_BD) })
      }
    }
    fingerprint = try PriorFingerprint.text(of: stored, backbone)
    weights = try FrozenWeights(stored, dtype: dtype, device: device)
  }
}

extension SDXLTextEncoders {
  /// The same encoders, loaded once and for all.
  fileprivate func resident() throws -> SDXLTextEncoders {
    SDXLTextEncoders(small: try small.resident(), large: try large.resident())
  }
}

extension SD3TextEncoders {
  /// The same encoders, loaded once and for all.
  fileprivate func resident() throws -> SD3TextEncoders {
    SD3TextEncoders(
      small: try small.resident(), large: try large.resident(), t5: try t5?.resident(), textWidth: textWidth)
  }
}

extension CLIPPromptEncoder {
  fileprivate func resident() throws -> CLIPPromptEncoder {
    CLIPPromptEncoder(model: try model.resident(), tokenizer: tokenizer, padID: padID, device: device)
  }
}

extension T5PromptEncoder {
  fileprivate func resident() throws -> T5PromptEncoder {
    T5PromptEncoder(model: try model.resident(), tokenizer: tokenizer, length: length, device: device)
  }
}
