/// What goes on outside the arithmetic: data, measuring and telling. The program fills it.
public struct TrainingSurroundings<Task: TrainingTask> {
  /// The batch of a number; a function of the number alone, so that a resumed run sees the same. Without accumulation the
  /// number is that of the step.
  public var batch: (_ number: Int) throws -> Task.Batch
  /// Scores of the averaged model by name, for the log; none where nothing is measured.
  public var measure: (_ model: Task.Model, _ step: Int) throws -> [String: Double]
  /// Told of every log line: step, then values by name.
  public var report: (_ step: Int, _ values: [String: Double]) -> Void
  /// True when the run shall stop after the current step.
  public var shouldStop: () -> Bool

  /// Surroundings.
  public init(
    batch: @escaping (Int) throws -> Task.Batch, measure: @escaping (Task.Model, Int) throws -> [String: Double],
    report: @escaping (Int, [String: Double]) -> Void, shouldStop: @escaping () -> Bool
  ) {
    self.batch = batch
    self.measure = measure
    self.report = report
    self.shouldStop = shouldStop
  }
}
