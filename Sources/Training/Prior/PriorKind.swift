public import Priors

/// How a base U-Net is trained from scratch: `kind: prior`.
public typealias PriorRecipe = TrainingRecipe<PriorKind>

/// A base U-Net's own part of a recipe.
public enum PriorKind: RecipeKind {
  /// What is trained, and upon what.
  public struct Model: Sendable, Codable {
    /// The folder of the autoencoder and, for a network with cross-attention, of the text encoder and its tokenizer.
    public var base = "models/stable-diffusion-2-base"
    /// What the network predicts: `epsilon` or `v_prediction`.
    public var prediction = Parametrisation.epsilon
    /// The network's sizes.
    public var network = UNetConfig()

    /// Stable Diffusion 2's sizes.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.base, into: &base)
      try values.read(.prediction, into: &prediction)
      try values.read(.network, into: &network)
      try values.require(
        prediction == .epsilon || prediction == .velocity, .prediction,
        "'\(prediction.rawValue)' is not for this network; it takes epsilon and v_prediction")
      try values.require(
        network.imageCrossAttentionWidth == nil && network.structureChannels == nil
          && network.additionEmbedType == nil, .network,
        "image transformers, structure layers and SDXL's sizes are not trained with a base network")
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows whose prompt is left out.
    public var drop = 0.1

    /// The usual choice.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.drop, into: &drop)
      try values.requireShare(drop, .drop)
    }
  }

  /// What recipes call it.
  public static let name = "prior"
  /// Stable Diffusion 2's sizes.
  public static var model: Model { Model() }
  /// The usual choice.
  public static var objective: Objective { Objective() }

  /// Stable Diffusion's optimiser and crops.
  public static func prepare(_ recipe: inout PriorRecipe) {
    recipe.steps = 500_000
    recipe.data.crop = 256
    recipe.data.clean = 1
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 1e-4, warmup: 10_000)
    recipe.optimiser.average = 0.9999
  }
}
