public import Checkpoints
public import Priors
public import Restorers
public import Torch

/// The starter's training: a restoration module, a small U-Net and its ControlNet, from scratch, on the few-step loop.
///
/// Keys: those of ``StarterNetwork``, and the discriminator's behind `discriminator.`.
public struct StarterTask: TrainingTask {
  /// What learns.
  public struct Model {
    /// The networks that restore.
    public let network: StarterNetwork
    /// What judges their pictures; nil in a training without.
    let judge: StarterJudge?
  }

  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: StarterRecipe
  private let objective: StarterObjective
  /// Of the networks that do not learn, by ``StarterNetwork``'s keys.
  private let frozen: [String: Tensor]
  /// Of a new run.
  private let first: [String: Tensor]

  /// A task.
  /// - Parameter levels: Noise levels of the model's times, noisiest first.
  public init(_ recipe: StarterRecipe, levels: [NoiseLevel], device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    objective = StarterObjective(recipe.model, settings: recipe.objective, levels: levels)
    let start = try Self.start(recipe)
    let learns = recipe.objective.learners.takes
    var first = start.filter { learns($0.key) }
    if recipe.objective.adversarial > 0 {
      first.merge(try DiscriminatorPhase.drawn(seed: recipe.seed) { try Self.judge($0, recipe) }) { $1 }
    }
    self.first = first
    frozen = try start.filter { !learns($0.key) }.mapValues { try $0.to(dtype, device: device) }
  }

  /// Those of the recipe's `start`, else new ones. A model that was trained before it had a restoration module gets a new one.
  private static func start(_ recipe: StarterRecipe) throws -> [String: Tensor] {
    let initialiser = try ParameterInitialiser(seed: recipe.seed)
    _ = try StarterNetwork(ParameterLoader(initialiser).root, recipe.model)
    if recipe.start.isEmpty { return initialiser.drawn }
    var stored = try StarterFolder.parameters(of: recipe.start)
    if try StarterFolder.config(of: recipe.start).restorationModule == nil {
      stored = ParameterDictionary(
        stored.tensors.merging(initialiser.drawn.filter { StarterKind.Learners.module.takes($0.key) }) { old, _ in old
        },
        name: recipe.start)
    }
    _ = try network(stored, "the starter's stored weights", recipe.model, on: .cpu)
    return stored.tensors
  }

  /// Times and habits may change over a run; sizes may not.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let scale: Int
      let unshuffle: Int
      let restorationModule: RestorationModule.Config?
      let network: UNetConfig
      let discriminatorWidth: Int?
      enum CodingKeys: String, CodingKey {
        case scale, unshuffle, network
        case discriminatorWidth = "discriminator_width"
        case restorationModule = "restoration_module"
      }
    }
    let model = recipe.model
    return RunIdentity(
      kind: recipe.kind,
      model: Sizes(
        scale: model.scale, unshuffle: model.unshuffle, restorationModule: model.restorationModule,
        network: model.network,
        discriminatorWidth: isJudged ? recipe.objective.discriminatorWidth : nil))
  }

  private var isJudged: Bool { recipe.objective.adversarial > 0 }

  /// The networks that learn, and the discriminator in a phase of its own.
  public var groups: [ParameterGroup] {
    DiscriminatorPhase.groups("networks", rate: isJudged ? recipe.objective.discriminatorRate : nil)
  }

  private static func judge(_ path: ParameterPath, _ recipe: StarterRecipe) throws -> StarterJudge {
    try StarterJudge(path, width: recipe.objective.discriminatorWidth, model: recipe.model)
  }

  /// Those of the recipe's `start` that learn, else new ones.
  public func firstParameters() throws -> [String: Tensor] { first }

  /// Throws unless stored parameters are those of the recipe's model that learn.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored, "the starter's stored weights") }

  /// The networks, and the discriminator.
  public func model(_ parameters: ParameterDictionary) throws -> Model { try model(parameters, "the starter") }

  private func model(_ parameters: ParameterDictionary, _ component: String) throws -> Model {
    let restoring = parameters.tensors.filter { !$0.key.hasPrefix(DiscriminatorPhase.prefix) }
    return Model(
      network: try Self.network(
        ParameterDictionary(frozen.merging(restoring) { $1 }, name: parameters.name), component, recipe.model,
        on: device
      ),
      judge: isJudged
        ? try DiscriminatorPhase.load(parameters, device: device) { try Self.judge($0, recipe) } : nil)
  }

  private static func network(
    _ parameters: ParameterDictionary, _ component: String, _ config: StarterConfig, on device: Device
  ) throws -> StarterNetwork {
    try ParameterLoader.load(parameters, component: component, device: device) { try StarterNetwork($0, config) }
  }

  /// The error (see ``StarterObjective``), and where there is a discriminator, `error + lambda · adversarial` and what the
  /// discriminator pays.
  public func losses(_ model: Model, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let answer = try objective.answer(
      model.network, high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: random)
    guard let judge = model.judge else { return StepLosses(answer.error) }
    // Of a batch without later rows, all are judged: so the losses depend on every parameter.
    let judged = try Tensor(answer.later.isEmpty ? Array(0..<batch.count) : answer.later).to(device: device)
    let codec = PixelCodec(factor: recipe.model.unshuffle)
    let (adversarial, judgement) = try judge.losses(
      model.network, made_BCHW: answer.latent_BCHW.indexSelected(0, judged),
      real_BCHW: codec.encode(batch.high_BCHW.indexSelected(0, judged)),
      presented_BCHW: answer.presented_BCHW.indexSelected(0, judged))
    return StepLosses(
      byPhase: [try answer.error + adversarial * recipe.objective.adversarial, judgement],
      parts: ["error": answer.error, "adversarial": adversarial, "discriminator": judgement])
  }

  /// Pictures restored in all steps of the loop.
  public func preview(_ model: Model, _ batch: PictureBatch) throws -> Tensor? {
    let batch = try batch.on(device)
    let enlarged_BCHW = try batch.enlarged_BCHW()
    let restorer = StarterRestorer(model.network)
    let restored = try (0..<batch.count).map { row in
      try restorer.restore(
        RestorationInput(enlarged_BCHW: try enlarged_BCHW.narrowed(0, from: row, length: 1)),
        RestorationRequest(colorFix: .none), tile: nil, monitor: .silent)
    }
    return try .concatenated([enlarged_BCHW, try .concatenated(restored, axis: 0), batch.high_BCHW], axis: 3)
  }

  /// Writes the model's folder.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    try StarterFolder.write(frozen.merging(parameters) { $1 }, recipe.model, to: folder)
  }
}

extension StarterKind.Learners {
  /// Whether a parameter of ``StarterNetwork`` learns.
  func takes(_ key: String) -> Bool {
    switch self {
    case .all: true
    case .module: key.hasPrefix("restoration_module.")
    case .diffusion: !key.hasPrefix("restoration_module.")
    }
  }
}
