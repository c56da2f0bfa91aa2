public import Checkpoints
public import Priors
public import Restorers
public import Torch

/// The starter's training: a small U-Net and its ControlNet, both from scratch, on the few-step loop.
public struct StarterTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: StarterRecipe
  private let objective: StarterObjective

  /// A task.
  /// - Parameter levels: Noise levels of the model's times, noisiest first.
  public init(_ recipe: StarterRecipe, levels: [NoiseLevel], device: Device, dtype: DType) {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    objective = StarterObjective(recipe.model, settings: recipe.objective, levels: levels)
  }

  /// Times and habits may change over a run; sizes may not.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let scale: Int
      let unshuffle: Int
      let network: UNetConfig
    }
    let model = recipe.model
    return RunIdentity(
      kind: recipe.kind, model: Sizes(scale: model.scale, unshuffle: model.unshuffle, network: model.network))
  }

  /// Those of the recipe's `start`, else new ones.
  public func firstParameters() throws -> [String: Tensor] {
    if !recipe.start.isEmpty {
      let stored = try StarterFolder.parameters(of: recipe.start)
      try check(stored)
      return stored.tensors
    }
    let initialiser = try ParameterInitialiser(seed: recipe.seed)
    _ = try StarterNetwork(ParameterLoader(initialiser).root, recipe.model)
    return initialiser.drawn
  }

  /// Throws unless stored parameters are those of the recipe's model.
  public func check(_ stored: ParameterDictionary) throws { _ = try network(stored, "the starter's stored weights") }

  /// Both networks.
  public func model(_ parameters: ParameterDictionary) throws -> StarterNetwork {
    try network(parameters, "the starter")
  }

  private func network(_ parameters: ParameterDictionary, _ component: String) throws -> StarterNetwork {
    try ParameterLoader.load(parameters, component: component, device: device) {
      try StarterNetwork($0, recipe.model)
    }
  }

  /// See ``StarterObjective``.
  public func losses(_ model: StarterNetwork, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    return StepLosses(
      try objective.loss(model, high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: random))
  }

  /// Pictures restored in all steps of the loop.
  public func preview(_ model: StarterNetwork, _ batch: PictureBatch) throws -> Tensor? {
    let batch = try batch.on(device)
    let enlarged_BCHW = try batch.enlarged_BCHW()
    let restorer = StarterRestorer(model)
    let restored = try (0..<batch.count).map { row in
      try restorer.restore(
        RestorationInput(enlarged_BCHW: try enlarged_BCHW.narrowed(0, from: row, length: 1)),
        RestorationRequest(colorFix: .none), tile: nil, monitor: .silent)
    }
    return try .concatenated([enlarged_BCHW, try .concatenated(restored, axis: 0), batch.high_BCHW], axis: 3)
  }

  /// Writes the model's folder.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    try StarterFolder.write(parameters, recipe.model, to: folder)
  }
}
