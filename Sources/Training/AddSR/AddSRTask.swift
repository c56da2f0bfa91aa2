public import Checkpoints
internal import Priors
public import Restorers
public import Torch

/// AddSR's training (Xie et al. 2024): adversarial distillation of SeeSR into a few steps. The student looks at the
/// low-quality picture, or at its own first prediction; its frozen teacher at the high-quality one; a discriminator, a phase
/// of its own, at the student's pictures and at real ones.
///
/// Keys: those of the published files behind `unet.` and `controlnet.`, and the discriminator's behind `discriminator.`.
public struct AddSRTask: TrainingTask {
  /// What learns.
  public struct Model {
    /// The networks that are distilled.
    public let student: SteeredUNet
    /// What judges their pictures; nil in a training without.
    public let discriminator: ProjectedDiscriminator?
  }

  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  let recipe: AddSRRecipe
  let prior: StableDiffusionPrior
  let tagger: PictureReader
  let teacher: SteeredUNet
  let prompts: PromptMemory<Tensor>
  let schedule: DiffusionSchedule
  let parametrisation: Parametrisation
  /// The student's times, from the noisiest.
  let levels: [NoiseLevel]
  private let weights: SteeredWeights
  private let judged: (channels: [Int], conditionWidth: Int)

  /// Opens teacher and frozen parts.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: AddSRRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    let base = recipe.model.base
    let prior = try StableDiffusionPrior(base, model: recipe.kind, dtype: dtype, device: device)
    self.prior = prior
    tagger = try prior.tagger()
    prompts = PromptMemory(prior.tokens)
    weights = try SteeredWeights(base, model: recipe.kind, dtype: dtype, device: device)
    teacher = try weights.networks()
    schedule = try DiffusionSchedule(prior.schedule)
    parametrisation = try prior.schedule.parametrisation()
    levels = try SteeredWeights.loop(teacher, prior.codec, schedule: prior.schedule).levels
    judged = try Self.judged(recipe.model.discriminator.features, teacher, tagger, prompts, device)
  }

  /// The sizes of what a discriminator sees, by a look at nothing.
  private static func judged(
    _ features: DiscriminatorConfig.Features, _ teacher: SteeredUNet, _ tagger: PictureReader,
    _ prompts: PromptMemory<Tensor>, _ device: Device
  ) throws -> (channels: [Int], conditionWidth: Int) {
    try withoutGradient {
      let blank_BCHW = try Tensor.zeros([1, 3, 64, 64], device: device)
      let tokens_BLD = try tagger.tokens(of: blank_BCHW)
      let maps: [Tensor]
      switch features {
      case .tagger: maps = try tagger.maps(of: blank_BCHW)
      case .unet:
        let (config, taps) = (teacher.unet.config, FeatureTaps())
        let latent_BCHW = try Tensor.zeros(
          [1, config.inChannels, config.sideMultiple, config.sideMultiple], device: device)
        _ = try teacher.unet(
          latent_BCHW, timestep_B: .zeros([1], device: device),
          conditioning: UNetConditioning(text: Context(prompts([""])[0]), image: Context(tokens_BLD)), adapter: taps)
        maps = taps.maps
      }
      return (maps.map { $0.size(1) }, tokens_BLD.size(2))
    }
  }

  /// The sizes of both networks, what of them is trained, and the discriminator.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let unet: UNetConfig
      let controlnet: UNetConfig
      let trained: AddSRKind.Trained
      let discriminator: DiscriminatorConfig?
    }
    return RunIdentity(
      kind: recipe.kind,
      model: Sizes(
        unet: weights.unet.config, controlnet: weights.controlNet.config, trained: recipe.model.trained,
        discriminator: isJudged ? recipe.model.discriminator : nil))
  }

  private var isJudged: Bool { recipe.objective.adversarial > 0 }

  /// The student, and the discriminator in a phase of its own.
  public var groups: [ParameterGroup] {
    DiscriminatorPhase.groups("student", rate: isJudged ? recipe.objective.discriminatorRate : nil)
  }

  /// The trained part of SeeSR, or of the recipe's `start`, a model's folder; and a new discriminator.
  public func firstParameters() throws -> [String: Tensor] {
    var stored: (unet: any ParameterSource, controlNet: any ParameterSource) = (
      weights.unet.stored, weights.controlNet.stored
    )
    if !recipe.start.isEmpty { stored = try SteeredWeights.stored(in: recipe.start, model: recipe.kind) }
    var first: [String: Tensor] = [:]
    for (prefix, source) in [("unet.", stored.unet), ("controlnet.", stored.controlNet)] {
      for key in source.keys where recipe.model.trained.takes(key, ofControlNet: prefix != "unet.") {
        first[prefix + key] = try source.parameter(key, ParameterRequest(shape: []))?.to(.float32)
      }
    }
    if isJudged { first.merge(try DiscriminatorPhase.drawn(seed: recipe.seed, discriminator)) { $1 } }
    try check(ParameterDictionary(first, name: recipe.start.isEmpty ? recipe.model.base : recipe.start))
    return first
  }

  private func discriminator(_ path: ParameterPath) throws -> ProjectedDiscriminator {
    try ProjectedDiscriminator(
      path, recipe.model.discriminator, channels: judged.channels, conditionWidth: judged.conditionWidth)
  }

  /// Throws unless stored parameters are the recipe's part of both networks and its discriminator.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// The student's networks, trained parameters over frozen ones, and the discriminator.
  public func model(_ parameters: ParameterDictionary) throws -> Model {
    let trained = recipe.model.trained
    let unet = OverlaidSource(
      PrefixedSource(parameters, prefix: "unet."), over: weights.unet.frozen,
      where: { trained.takes($0, ofControlNet: false) })
    let controlNet = OverlaidSource(
      PrefixedSource(parameters, prefix: "controlnet."), over: weights.controlNet.frozen,
      where: { trained.takes($0, ofControlNet: true) })
    return Model(
      student: try weights.networks(unet: unet, controlNet: controlNet),
      discriminator: isJudged ? try DiscriminatorPhase.load(parameters, device: device, discriminator) : nil)
  }

  /// Writes AddSR's folder: both networks whole, with links to the parts of the base model and of the tagger.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    for (name, network) in [("unet", weights.unet), ("controlnet", weights.controlNet)] {
      var tensors: [String: Tensor] = [:]
      for key in network.stored.keys {
        tensors[key] =
          try parameters[name + "." + key] ?? network.stored.parameter(key, ParameterRequest(shape: []))
      }
      // By this name the folder is AddSR's and not SeeSR's, whose networks are of the same sizes.
      try NetworkFolder.write(tensors, config: network.config, dtype: .float16, to: folder + "/addsr/" + name)
    }
    try prior.link(into: folder)
  }
}
