/// Puts together what the sampler knows of steps and what a tiled stage knows of tiles.
///
/// It lives on the executor that runs the work; what it hands out are plain values.
public final class ProgressReporter {
  private let report: @Sendable (SamplingProgress) -> Void
  private var place = SamplingProgress(stage: .denoise, step: 0, steps: 1)

  /// A reporter.
  /// - Parameter report: Called after each tile and each step, on the executor that runs the work.
  public init(_ report: @escaping @Sendable (SamplingProgress) -> Void) { self.report = report }

  /// A stage begins.
  /// - Parameters:
  ///   - stage: What is being done.
  ///   - steps: How many steps it has.
  public func begin(_ stage: SamplingProgress.Stage, steps: Int = 1) {
    place = SamplingProgress(stage: stage, step: 0, steps: steps)
    report(place)
  }

  /// So many tiles of the running step are done.
  public func finishedTile(_ tile: Int, of tiles: Int) {
    place.tile = tile
    place.tiles = tiles
    report(place)
  }

  /// So many steps of the stage are done.
  public func finishedStep(_ step: Int) {
    place.step = step
    place.tile = 0
    place.tiles = 1
    report(place)
  }
}
