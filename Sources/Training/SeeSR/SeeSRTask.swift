public import Checkpoints
internal import Priors
public import Restorers
public import Torch

/// SeeSR's training (Wu et al. 2024): a whole ControlNet and the U-Net's image transformers learn to predict the noise,
/// shown the low-quality picture and the tagger's tokens of it; the rest of the U-Net, autoencoder, text encoder and tagger
/// are frozen.
///
/// Keys: those of the published files behind `unet.` and `controlnet.`.
public struct SeeSRTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: SeeSRRecipe
  private let prior: StableDiffusionPrior
  private let tagger: PictureReader
  private let prompts: PromptMemory<Tensor>
  private let unet: (config: UNetConfig, stored: any ParameterSource, frozen: FrozenWeights)
  private let control: UNetConfig
  private let objective: DiffusionObjective

  /// Opens the frozen parts.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: SeeSRRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    prior = try StableDiffusionPrior(recipe.model.base, model: recipe.kind, dtype: dtype, device: device)
    let tagger = try prior.tagger()
    self.tagger = tagger
    prompts = PromptMemory(prior.tokens)
    objective = try DiffusionObjective(prior.schedule)
    var unet = try prior.unet()
    let blank_BCHW = try Tensor.zeros([1, 3, 64, 64], device: device)
    unet.config.imageCrossAttentionWidth = try withoutGradient { try tagger.tokens(of: blank_BCHW).size(2) }
    self.unet = unet
    var control = unet.config
    control.conditioningEmbeddingChannels = recipe.model.controlChannels
    self.control = control
  }

  /// The sizes of both networks.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let unet: UNetConfig
      let controlnet: UNetConfig
    }
    return RunIdentity(kind: recipe.kind, model: Sizes(unet: unet.config, controlnet: control))
  }

  /// The recipe's `start`, a folder with `unet` and `controlnet`; else a ControlNet that is a copy of the U-Net's way down,
  /// and new image transformers. What these add begins as zero: the prior is at first unchanged.
  public func firstParameters() throws -> [String: Tensor] {
    if !recipe.start.isEmpty {
      let stored = try Self.stored(in: recipe.start)
      try check(stored)
      return stored.tensors
    }
    var first: [String: Tensor] = [:]
    let base = unet.frozen.keys
    let initialiser = try ParameterInitialiser(seed: recipe.seed)
    let source = OverlaidSource(unet.stored, over: initialiser, where: base.contains)
    _ = try UNet2DCondition(ParameterLoader(source).root, unet.config)
    for (key, tensor) in initialiser.drawn { first["unet." + key] = tensor }

    let control = try ParameterInitialiser(seed: recipe.seed &+ 1)
    let recorder = ParameterRecorder()
    _ = try ControlNet(ParameterLoader(recorder).root, self.control)
    let copied = Set(recorder.shapes.keys).intersection(base)
    _ = try ControlNet(
      ParameterLoader(OverlaidSource(unet.stored, over: control, where: copied.contains)).root, self.control)
    for (key, tensor) in control.drawn { first["controlnet." + key] = tensor }
    for key in copied {
      guard let tensor = try unet.stored.parameter(key, ParameterRequest(shape: recorder.shapes[key] ?? [])) else {
        continue
      }
      first["controlnet." + key] = try tensor.to(.float32)
    }
    for (key, tensor) in first where key.contains("image_attentions.") && key.contains(".proj_out.") {
      first[key] = try tensor.zerosLike()
    }
    return first
  }

  private static func stored(in folder: String) throws -> ParameterDictionary {
    var tensors: [String: Tensor] = [:]
    for (part, takes) in [
      ("unet", { (key: String) in key.contains("image_attentions.") }), ("controlnet", { _ in true }),
    ] {
      let checkpoint = try openCheckpoint(folder + "/" + part)
      for key in checkpoint.keys where takes(key) { tensors[part + "." + key] = try checkpoint.tensor(key) }
    }
    return ParameterDictionary(tensors, name: folder)
  }

  /// Throws unless stored parameters are a ControlNet's and image transformers.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// Both networks, the U-Net's trained parameters over its frozen ones.
  public func model(_ parameters: ParameterDictionary) throws -> SteeredUNet {
    let source = OverlaidSource(
      PrefixedSource(parameters, prefix: "unet."), over: unet.frozen, where: { $0.contains("image_attentions.") })
    return SteeredUNet(
      try ParameterLoader.load(source, component: "SeeSR's U-Net", device: device) {
        try UNet2DCondition($0, unet.config)
      },
      try ParameterLoader.load(
        PrefixedSource(parameters, prefix: "controlnet."), component: "SeeSR's ControlNet", device: device
      ) { try ControlNet($0, control) })
  }

  /// The mean squared error of the predicted noise (or velocity, as the prior's schedule says), at evenly drawn times.
  public func losses(_ model: SteeredUNet, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let captions = recipe.objective.tags ? try batch.captions(taggedBy: tagger) : batch.captions
    let texts = try PromptDropping.apply(captions, share: recipe.objective.drop, random: random)
    let draw = try objective.draw(try prior.codec.draw(of: batch.high_BCHW, random: random), random: random)
    let conditioning = try withoutGradient {
      UNetConditioning(
        text: Context(try .concatenated(try prompts(texts), axis: 0)),
        image: Context(try tagger.tokens(of: batch.low_BCHW)))
    }
    let condition = try model.controlNet.embed(try batch.enlarged_BCHW())
    let residuals = try model.controlNet(
      draw.noisy_BCHW, timestep_B: draw.timestep_B, condition: condition, conditioning: conditioning)
    let output_BCHW = try model.unet(
      draw.noisy_BCHW, timestep_B: draw.timestep_B, conditioning: conditioning, residuals: residuals)
    return StepLosses(try output_BCHW.to(.float32).meanSquaredError(draw.target_BCHW))
  }

  /// Writes SeeSR's folder in the published layout, with links to the parts of the base model.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    var networks: [String: [String: Tensor]] = ["unet": [:], "controlnet": [:]]
    for (key, tensor) in parameters {
      guard let dot = key.firstIndex(of: ".") else { continue }
      networks[String(key[..<dot])]?[String(key[key.index(after: dot)...])] = tensor
    }
    for key in unet.frozen.keys {
      networks["unet"]?[key] = try unet.stored.parameter(key, ParameterRequest(shape: []))
    }
    for (name, config) in [("unet", unet.config), ("controlnet", control)] {
      try NetworkFolder.write(networks[name] ?? [:], config: config, dtype: .float16, to: folder + "/" + name)
    }
    try prior.link(into: folder)
  }
}
