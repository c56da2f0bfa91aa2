package import Checkpoints
package import Priors
package import Torch

/// SeeSR's two networks as training on top of them needs them: frozen, and loaded once.
package struct SteeredWeights {
  /// A network.
  package struct Network {
    /// Its sizes.
    package let config: UNetConfig
    /// Its weights as they are stored.
    package let stored: any ParameterSource
    /// Frozen ones to compute with.
    package let frozen: FrozenWeights
  }

  /// The U-Net with its image transformers.
  package let unet: Network
  /// The ControlNet.
  package let controlNet: Network
  private let device: Device

  /// Opens both networks.
  /// - Parameters:
  ///   - path: SeeSR's folder, or one that holds it.
  ///   - model: What is being trained, for messages.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  package init(_ path: String, model: String, dtype: DType, device: Device) throws {
    let steered = SteeredFolder(ModelFolder(path, model: model), dtype: dtype, device: device)
    func network(_ part: ModelPart) throws -> Network {
      let path = try steered.folder.require(part)
      let checkpoint = try openCheckpoint(path)
      return Network(
        config: try steered.config(part, path, checkpoint), stored: checkpoint,
        frozen: try FrozenWeights(checkpoint, dtype: dtype, device: device))
    }
    unet = try network(SeeSRVariant.standard.unet)
    controlNet = try network(SeeSRVariant.standard.controlNet)
    self.device = device
  }

  /// Both networks, over these weights or over others of the same sizes.
  /// - Throws: `CheckpointError` when the weights are another network's.
  package func networks(
    unet: (any ParameterSource)? = nil, controlNet: (any ParameterSource)? = nil
  ) throws -> SteeredUNet {
    SteeredUNet(
      try ParameterLoader.load(unet ?? self.unet.frozen, component: "the U-Net", device: device) {
        try UNet2DCondition($0, self.unet.config)
      },
      try ParameterLoader.load(controlNet ?? self.controlNet.frozen, component: "the ControlNet", device: device) {
        try ControlNet($0, self.controlNet.config)
      })
  }

  /// The weights of a model that a run begins with: `addsr/unet` and `addsr/controlnet`, `unet` and `controlnet`, or
  /// `seesr/unet` and `seesr/controlnet` in its folder.
  /// - Throws: `CheckpointError` that names the part that is absent or damaged.
  package static func stored(
    in path: String, model: String
  ) throws -> (unet: any ParameterSource, controlNet: any ParameterSource) {
    func open(_ name: String) throws -> any ParameterSource {
      let part = ModelPart(
        name, places: ["addsr/" + name, name, "seesr/" + name], summary: "what the training begins with",
        source: "a former run or a published model")
      return try openCheckpoint(ModelFolder(path, model: model).require(part))
    }
    return (try open("unet"), try open("controlnet"))
  }

  /// The sampling loop that restores with networks of these sizes, and the noise levels at which it asks them.
  package static func loop(
    _ networks: SteeredUNet, _ codec: LatentCodec, schedule: SchedulerConfig
  ) throws -> (loop: AddSRLoop, levels: [NoiseLevel]) {
    let loop = AddSRLoop(networks, codec, schedule: schedule)
    var settings = AddSRSettings()
    settings.steps = (schedule.renoisingTimesteps ?? RenoisingScheduler.addsrTimesteps).count
    return (loop, try loop.scheduler(settings).levels)
  }
}
