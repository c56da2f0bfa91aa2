internal import Priors
internal import Restorers
internal import Torch

extension TrainingKind {
  /// The starter.
  static let starter = TrainingKind(
    name: StarterKind.name, summary: "the small restorer that ships with Burnish, from scratch"
  ) { text, name, host in
    let recipe = try PictureRun<StarterKind, StarterTask>.recipe(text, name: name, host)
    let levels = try recipe.model.scheduler(steps: recipe.model.times.count).levels
    let task = try StarterTask(recipe, levels: levels, device: host.device, dtype: host.dtype)
    let scores = try StarterScores(recipe.data.validation, model: recipe.model, host)
    try PictureRun(recipe, task, scale: recipe.model.scale, host).run { try scores.measure($0.network) }
  }

  /// SeeSR.
  static let seesr = TrainingKind(SeeSRKind.self, "SeeSR's ControlNet and image transformers on Stable Diffusion 2") {
    try SeeSRTask($0, device: $1, dtype: $2)
  }

  /// AddSR.
  static let addsr = TrainingKind(
    AddSRKind.self, "SeeSR distilled to a few steps, with self-refinement and a discriminator"
  ) {
    try AddSRTask($0, device: $1, dtype: $2)
  }

  /// DAPE.
  static let dape = TrainingKind(DAPEKind.self, "the tagger's LoRA for low-quality pictures") {
    try DAPETask($0, device: $1, dtype: $2)
  }

  /// Restoration adapters.
  static let restorationAdapter = TrainingKind(
    AdapterKind.self, "restoration adapters and LoRA on Stable Diffusion XL or 3"
  ) {
    try AdapterTask($0, device: $1, dtype: $2)
  }

  /// A base U-Net.
  static let prior = TrainingKind(PriorKind.self, "a base U-Net over the latents of a given autoencoder, from scratch")
  {
    try PriorTask($0, device: $1, dtype: $2)
  }

  /// StableSR.
  static let stablesr = TrainingKind(
    name: StableSRKind.name, summary: "StableSR's time-aware encoder and structure layers, then its feature wrapping"
  ) { text, name, host in
    let recipe = try PictureRun<StableSRKind, StructureTask>.recipe(text, name: name, host)
    switch recipe.model.stage {
    case .structure:
      try PictureRun(recipe, try StructureTask(recipe, device: host.device, dtype: host.dtype), host).run()
    case .wrapping: try PictureRun(recipe, try WrappingTask(recipe, device: host.device, dtype: host.dtype), host).run()
    }
  }

  /// FluxIR.
  static let fluxir = TrainingKind(FluxIRKind.self, "FluxIR's block and layers on FLUX.1") {
    try FluxIRTask($0, device: $1, dtype: $2)
  }

  /// A kind that learns from pictures, and is measured by its loss on others.
  /// - Parameter task: Opens what a recipe names.
  private init<Kind: RecipeKind, Task: TrainingTask>(
    _ kind: Kind.Type, _ summary: String,
    task: @escaping @Sendable (TrainingRecipe<Kind>, Device, DType) throws -> Task
  ) where Task.Batch == PictureBatch {
    self.init(name: Kind.name, summary: summary) { text, name, host in
      let recipe = try PictureRun<Kind, Task>.recipe(text, name: name, host)
      try PictureRun(recipe, try task(recipe, host.device, host.dtype), host).run()
    }
  }
}
