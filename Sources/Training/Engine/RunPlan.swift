/// What the engine is told of a run: the keys that recipes of every kind have.
public struct RunPlan: Sendable {
  /// The folder of the run: log, states to resume from, and the model as it stands.
  public var output: String
  /// Seed of everything random.
  public var seed: UInt64
  /// Steps of the whole run.
  public var steps: Int
  /// The optimiser.
  public var optimiser: OptimiserRecipe
  /// When to look and when to save.
  public var schedule: ScheduleRecipe

  /// A plan.
  public init(
    output: String, seed: UInt64 = 1, steps: Int, optimiser: OptimiserRecipe = OptimiserRecipe(),
    schedule: ScheduleRecipe = ScheduleRecipe()
  ) {
    self.output = output
    self.seed = seed
    self.steps = steps
    self.optimiser = optimiser
    self.schedule = schedule
  }
}
