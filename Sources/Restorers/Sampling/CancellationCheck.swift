/// Asks whether the work should stop. Checked between steps and between tiles.
public struct CancellationCheck: Sendable {
  private let isRequested: @Sendable () -> Bool

  /// A check.
  /// - Parameter isRequested: Answers true once the work should stop; called on the executor that runs the work.
  public init(_ isRequested: @escaping @Sendable () -> Bool) { self.isRequested = isRequested }

  /// Never stops.
  public static let never = CancellationCheck { false }
  /// Stops when the Swift task that runs the work is cancelled.
  public static let task = CancellationCheck { Task.isCancelled }

  /// Throws when the work should stop.
  /// - Throws: `CancellationError`.
  public func check() throws { if isRequested() { throw CancellationError() } }
}
