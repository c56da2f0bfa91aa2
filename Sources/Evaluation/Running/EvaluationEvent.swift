public import Restorers

/// What an evaluation tells while it runs.
public enum EvaluationEvent: Sendable {
  /// Which cell is meant.
  public struct Cell: Sendable, Hashable {
    /// The data set's name.
    public let dataset: String
    /// The case's name.
    public let sample: String
    /// The row's name.
    public let run: String

    /// In messages: `hq, mixture-x4, starter-4`.
    public var label: String { "\(dataset), \(sample), \(run)" }
  }

  /// Before the first picture: cells in all, pictures to restore or to measure, and those that are done already.
  case begin(cells: Int, pictures: Int, finished: Int)
  /// A cell is worked on; the number of its pictures to do, and what the user should know of its model.
  case cell(Cell, pictures: Int, warnings: [String])
  /// A picture is somewhere within.
  case progress(Cell, picture: String, SamplingProgress)
  /// A picture is done.
  case done(Cell, picture: String, seconds: Double, scores: [String: Double], notes: [String])
  /// A picture failed; the others go on.
  case failed(Cell, picture: String, message: String)
  /// A whole cell failed; the others go on.
  case cellFailed(Cell, pictures: Int, message: String)
  /// Everything is written.
  case end(EvaluationSummary)
}

/// What became of an evaluation.
public struct EvaluationSummary: Sendable {
  /// Pictures restored or measured in this run.
  public var done = 0
  /// Pictures that were finished before.
  public var finished = 0
  /// Pictures that failed; of a cell that failed all.
  public var failed = 0
  /// True when the user stopped it before all were through.
  public var interrupted = false
  /// How long it took.
  public var seconds = 0.0
  /// The page.
  public var page = ""
}
