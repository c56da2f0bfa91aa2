/// Who watches a restoration: told of progress, asked for cancellation.
public struct RestorationMonitor: Sendable {
  /// Called after each step and tile, on the executor that runs the work.
  public var report: @Sendable (SamplingProgress) -> Void
  /// Asked between steps and tiles.
  public var cancellation: CancellationCheck

  /// A monitor.
  public init(report: @escaping @Sendable (SamplingProgress) -> Void, cancellation: CancellationCheck) {
    self.report = report
    self.cancellation = cancellation
  }

  /// Nobody watches.
  public static let silent = RestorationMonitor(report: { _ in }, cancellation: .never)
}
