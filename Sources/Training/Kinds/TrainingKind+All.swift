internal import Priors
internal import Restorers

extension TrainingKind {
  /// The starter.
  static let starter = TrainingKind(
    name: StarterKind.name, summary: "the small restorer that ships with Burnish, from scratch"
  ) { text, name, host in
    let recipe = try PictureRun<StarterKind, StarterTask>.recipe(text, name: name, host)
    let levels = try recipe.model.scheduler(steps: recipe.model.times.count).levels
    let task = StarterTask(recipe, levels: levels, device: host.device, dtype: host.dtype)
    let scores = try StarterScores(recipe.data.validation, model: recipe.model, host)
    try PictureRun(recipe, task, scale: recipe.model.scale, host).run { try scores.measure($0) }
  }

  /// SeeSR.
  static let seesr = TrainingKind(
    name: SeeSRKind.name, summary: "SeeSR's ControlNet and image transformers on Stable Diffusion 2"
  ) { text, name, host in
    let recipe = try PictureRun<SeeSRKind, SeeSRTask>.recipe(text, name: name, host)
    try PictureRun(recipe, try SeeSRTask(recipe, device: host.device, dtype: host.dtype), host).run()
  }

  /// AddSR.
  static let addsr = TrainingKind(
    name: AddSRKind.name, summary: "SeeSR distilled to a few steps, with self-refinement and a discriminator"
  ) { text, name, host in
    let recipe = try PictureRun<AddSRKind, AddSRTask>.recipe(text, name: name, host)
    try PictureRun(recipe, try AddSRTask(recipe, device: host.device, dtype: host.dtype), host).run()
  }

  /// DAPE.
  static let dape = TrainingKind(
    name: DAPEKind.name, summary: "the tagger's LoRA for low-quality pictures"
  ) { text, name, host in
    let recipe = try PictureRun<DAPEKind, DAPETask>.recipe(text, name: name, host)
    try PictureRun(recipe, try DAPETask(recipe, device: host.device, dtype: host.dtype), host).run()
  }

  /// Restoration adapters.
  static let restorationAdapter = TrainingKind(
    name: AdapterKind.name, summary: "restoration adapters and LoRA on Stable Diffusion XL or 3"
  ) { text, name, host in
    let recipe = try PictureRun<AdapterKind, AdapterTask>.recipe(text, name: name, host)
    try PictureRun(recipe, try AdapterTask(recipe, device: host.device, dtype: host.dtype), host).run()
  }

  /// A base U-Net.
  static let prior = TrainingKind(
    name: PriorKind.name, summary: "a base U-Net over the latents of a given autoencoder, from scratch"
  ) { text, name, host in
    let recipe = try PictureRun<PriorKind, PriorTask>.recipe(text, name: name, host)
    try PictureRun(recipe, try PriorTask(recipe, device: host.device, dtype: host.dtype), host).run()
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
  static let fluxir = TrainingKind(
    name: FluxIRKind.name, summary: "FluxIR's block and layers on FLUX.1"
  ) { text, name, host in
    let recipe = try PictureRun<FluxIRKind, FluxIRTask>.recipe(text, name: name, host)
    try PictureRun(recipe, try FluxIRTask(recipe, device: host.device, dtype: host.dtype), host).run()
  }
}
