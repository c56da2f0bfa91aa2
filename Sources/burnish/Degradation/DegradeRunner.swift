internal import Degradation
internal import Foundation
internal import Pictures

/// Degrades a list of pictures, several at once; one that fails does not stop the others.
final class DegradeRunner: @unchecked Sendable {
  private let recipe: DegradationRecipe
  private let seed: UInt64
  private let threads: Int
  private let overwrite: Bool
  private let report: any DegradeReport

  // What follows is touched under `condition` only, and so is the report.
  private let condition = NSCondition()
  private var waiting: ArraySlice<RestoreJob> = []
  private var running = 0
  private var summary = BatchSummary()

  init(recipe: DegradationRecipe, seed: UInt64, threads: Int, overwrite: Bool, report: any DegradeReport) {
    self.recipe = recipe
    self.seed = seed
    self.threads = threads
    self.overwrite = overwrite
    self.report = report
  }

  /// Degrades what is not there yet.
  func run(_ jobs: [RestoreJob]) -> BatchSummary {
    let began = ContinuousClock.now
    let finished = overwrite ? [] : jobs.filter(isFinished)
    let open = overwrite ? jobs : jobs.filter { !isFinished($0) }
    let workers = min(threads, open.count)
    report.begin(DegradeDescription(count: open.count, recipe: recipe.name, seed: seed, threads: max(workers, 1)))
    for job in finished { report.skip(job, note: note(on: job)) }
    summary.skipped = finished.count
    waiting = open[...]
    running = workers
    for index in 0..<workers {
      let thread = Thread { self.work() }
      thread.name = "burnish.degrade.\(index)"
      thread.start()
    }
    condition.withLock { while running > 0 { condition.wait() } }
    summary.interrupted = !waiting.isEmpty
    summary.seconds = began.duration(to: .now).seconds
    report.end(summary)
    return summary
  }

  /// A folder of the output's name is no finished picture.
  private func isFinished(_ job: RestoreJob) -> Bool {
    FileManager.default.fileExists(atPath: job.output) && !FilePath.isFolder(job.output)
  }

  /// A result of another recipe or seed is left as it is, but not silently.
  private func note(on job: RestoreJob) -> String? {
    guard let record = DegradationRecord.read(DegradationRecord.path(beside: job.output)),
      record.recipe != recipe.name || record.seed != seed
    else { return nil }
    return "made by \(record.recipe) with the seed \(record.seed)"
  }

  private func work() {
    while let job = condition.withLock({ Interruption.isRequested ? nil : waiting.popFirst() }) {
      let result = Result { try degrade(job) }
      condition.withLock {
        switch result {
        case .success(let outcome):
          summary.done += 1
          report.finish(job, outcome, done: summary.done + summary.failed)
        case .failure(let error):
          summary.failed += 1
          report.fail(job, ErrorText.of(error), done: summary.done + summary.failed)
        }
      }
    }
    condition.withLock {
      running -= 1
      condition.broadcast()
    }
  }

  private func degrade(_ job: RestoreJob) throws -> DegradeOutcome {
    if let problem = job.problem { throw UsageError(problem) }
    let began = ContinuousClock.now
    let picture = try Picture.read(path: job.input)
    var warnings = picture.warnings
    if picture.alpha != nil { warnings.append("the transparency was laid onto white") }
    let image = try PlanarImage(
      width: picture.width, height: picture.height,
      pixels: picture.alpha.map { Self.ontoWhite(picture.colour, $0) } ?? picture.colour)
    let draw = recipe.draw(seed: seed, name: job.name)
    let low = try draw.apply(to: image, codec: VipsJPEGCodec())

    try FilePath.makeFolder(of: job.output)
    let record = DegradationRecord.path(beside: job.output)
    try write(
      DegradationRecord(
        software: "Burnish \(Version.current)", input: job.input, name: job.name, seed: seed, recipe: recipe.name,
        width: image.width, height: image.height, steps: draw.steps), to: record)
    // The record comes first: a picture that is there is a finished one.
    do {
      warnings += try Picture(width: low.width, height: low.height, colour: low.pixels).write(
        path: job.output,
        options: EncodingOptions(
          bitDepth: 8,
          provenance: ["software": "Burnish \(Version.current)", "recipe": recipe.name, "seed": "\(seed)"]))
    } catch {
      try? FileManager.default.removeItem(atPath: record)
      throw error
    }
    return DegradeOutcome(
      inputWidth: image.width, inputHeight: image.height, width: low.width, height: low.height,
      seconds: began.duration(to: .now).seconds, warnings: warnings)
  }

  private func write(_ record: DegradationRecord, to path: String) throws {
    do { try record.write(to: path) } catch {
      throw PictureError(.cannotWrite, "Could not write '\(path)': \(error.localizedDescription)")
    }
  }

  private static func ontoWhite(_ colour: [Float], _ alpha: [Float]) -> [Float] {
    colour.indices.map { index in
      let opacity = alpha[index % alpha.count]
      return colour[index] * opacity + 1 - opacity
    }
  }
}
