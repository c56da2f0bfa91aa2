import Priors
import Restorers
import Torch
import Training

/// Trains a starter model from scratch: crops in, a model folder out.
typealias StarterTrainer = TrainingEngine<StarterTask>

extension TrainingEngine where Task == StarterTask {
  /// Prepares a run: see ``TrainingEngine/init(_:_:resume:)``.
  /// - Parameters:
  ///   - levels: Noise levels of the model's times, noisiest first.
  ///   - dtype: The type that the networks compute in; parameters and optimiser stay float32.
  ///   - resume: Go on from the state in the recipe's output folder, when there is one.
  convenience init(
    _ recipe: StarterRecipe, levels: [NoiseLevel], device: Device, dtype: DType, resume: Bool
  ) throws {
    try self.init(
      StarterTask(recipe, levels: levels, device: device, dtype: dtype), recipe.plan, resume: resume)
  }

  /// The model as it would be shipped now.
  func averagedNetwork() throws -> StarterNetwork { try averagedModel().network }
}
