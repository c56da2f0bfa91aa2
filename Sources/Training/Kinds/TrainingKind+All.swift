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
}
