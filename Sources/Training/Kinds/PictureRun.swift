internal import Datasets
internal import Degradation
internal import Foundation
internal import Torch

/// A training that learns from pictures, from its recipe to its last line.
struct PictureRun<Kind: RecipeKind, Task: TrainingTask> where Task.Batch == PictureBatch {
  private let recipe: TrainingRecipe<Kind>
  private let task: Task
  private let host: TrainingHost
  private let scale: Int

  /// - Parameter scale: How many times smaller low-quality partners are.
  init(_ recipe: TrainingRecipe<Kind>, _ task: Task, scale: Int = 4, _ host: TrainingHost) {
    self.recipe = recipe
    self.task = task
    self.scale = scale
    self.host = host
  }

  /// The recipe of a text, with the host's folders in place of its own.
  static func recipe(_ text: String, name: String, _ host: TrainingHost) throws -> TrainingRecipe<Kind> {
    var recipe = try RecipeReader.read(text, name: name, defaults: TrainingRecipe<Kind>())
    if !host.folders.isEmpty { recipe.data.folders = host.folders }
    if !host.validation.isEmpty { recipe.data.validation = host.validation }
    return recipe
  }

  /// - Parameter measure: Scores of the averaged model; nil takes the loss on held-out pictures.
  func run(measure: ((Task.Model) throws -> [String: Double])? = nil) throws {
    let engine = try TrainingEngine(task, recipe.plan, resume: host.resume, group: host.group)
    let feed = PictureFeed(recipe.data, seed: recipe.seed, scale: scale, host)
    let source = try feed.source()
    host.say(
      "training \(engine.parameterCount) parameters on \(host.device) in \(host.dtype), from step \(engine.stepsDone) to \(recipe.steps); "
        + "the run's folder is \(recipe.output)")
    // The first process measures.
    var measured = recipe.data
    if let group = host.group, !group.isFirst { measured.validation = [] }
    let heldOut = try HeldOutPictures(measured, seed: recipe.seed, scale: scale, host)
    let numbers = engine.batchNumbers
    let loader = CropLoader(
      try feed.plan(source), from: engine.stepsDone * numbers.perStep, threads: recipe.data.threads,
      numbering: { numbers[$0] })
    defer { loader.stop() }
    let page = TrainingPage(folder: recipe.output, title: "\(Kind.name): \(recipe.output)")
    let summary = RunSummary(steps: recipe.steps, picturesPerStep: recipe.data.batch * recipe.optimiser.accumulation)
    var secondsPerStep: [Double] = []
    try engine.run(
      TrainingSurroundings(
        batch: { _ in try feed.batch(try loader.next()) },
        measure: { model, step in
          let scores = try measure?(model) ?? heldOut.scores(task, model)
          try heldOut.showPictures(task, model, step: step, in: recipe.output, host)
          return scores
        },
        report: { step, values in
          host.report(summary, step, values)
          if let seconds = values["seconds_per_step"] { secondsPerStep.append(seconds) }
          // The page is told of by nobody who waits for it: a run does not end for the lack of one.
          do { try page.write() } catch { host.say("\(error)") }
        },
        shouldStop: host.shouldStop))
    say(loader.statistics, secondsPerStep: secondsPerStep, batches: numbers.perStep)
    host.say("stopped after step \(engine.stepsDone) of \(recipe.steps); the model is in \(recipe.output)/model")
  }

  /// Tells how much faster crops could be prepared than steps took them.
  private func say(_ statistics: CropLoader.Statistics, secondsPerStep: [Double], batches: Int) {
    guard statistics.batches > 0, statistics.worked > 0, !secondsPerStep.isEmpty else { return }
    let batch = statistics.worked / Double(statistics.batches)
    let step = secondsPerStep.reduce(0, +) / Double(secondsPerStep.count)
    let feeding = step * Double(recipe.data.threads) / (batch * Double(batches))
    host.say(
      "data: \(String(format: "%.0f", batch * 1000)) ms of a thread a batch; \(recipe.data.threads) "
        + "\(recipe.data.threads == 1 ? "thread" : "threads") could feed \(String(format: "%.1f", feeding)) times what the steps took"
    )
  }
}
