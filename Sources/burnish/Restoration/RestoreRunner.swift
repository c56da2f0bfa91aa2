internal import Foundation
internal import Pictures
internal import Restorers
internal import Torch

/// Restores a list of pictures, one after another; one that fails does not stop the others.
final class RestoreRunner {
  private let model: LocatedModel
  private let device: Device
  private let dtype: DType
  private let target: TargetSize?
  private let request: RestorationRequest
  private let quality: Int
  private let overwrite: Bool
  private let report: any RestoreReport

  init(
    model: LocatedModel, device: Device, dtype: DType, target: TargetSize?, request: RestorationRequest, quality: Int,
    overwrite: Bool,
    report: any RestoreReport
  ) {
    self.model = model
    self.device = device
    self.dtype = dtype
    self.target = target
    self.request = request
    self.quality = quality
    self.overwrite = overwrite
    self.report = report
  }

  /// - Returns: How many pictures failed.
  func run(_ jobs: [RestoreJob]) throws -> Int {
    let began = ContinuousClock.now
    var summary = BatchSummary()
    let waiting = jobs.enumerated().filter { _, job in
      guard !overwrite, FileManager.default.fileExists(atPath: job.output) else { return true }
      report.skip(job)
      summary.skipped += 1
      return false
    }
    if !waiting.isEmpty {
      let restorer = try model.entry.load(model.folder, dtype, device)
      let steps = request.steps ?? restorer.defaultSteps
      guard steps <= restorer.stepLimit else {
        throw UsageError("--steps \(steps): the model '\(model.entry.name)' has at most \(restorer.stepLimit) steps")
      }
      let pipeline = RestorationPipeline(restorer, device: device) { [model, device] in
        try model.entry.load(model.folder, .float32, device)
      }
      report.begin(
        BatchDescription(
          count: waiting.count, model: model.entry.name, folder: model.folder, device: device.name, dtype: "\(dtype)",
          steps: steps,
          threads: Machine.threadCount))
      for (index, job) in waiting {
        if Interruption.isRequested { break }
        do {
          let outcome = try restore(job, index: index, with: pipeline, scale: restorer.scale, steps: steps)
          report.finish(job, outcome)
          summary.done += 1
        } catch is CancellationError {
          break
        } catch {
          report.fail(job, String(describing: error))
          summary.failed += 1
        }
      }
    }
    summary.interrupted = Interruption.isRequested
    summary.seconds = began.duration(to: .now).seconds
    report.end(summary)
    return summary.failed
  }

  private func restore(_ job: RestoreJob, index: Int, with pipeline: RestorationPipeline, scale: Int, steps: Int) throws
    -> RestoreOutcome
  {
    let began = ContinuousClock.now
    let target = self.target ?? .scale(Double(scale))
    // What can be refused is refused before minutes of work: the output's ending and size, and the memory.
    let format = try PictureFormat.output(path: job.output)
    let header = try Picture.header(path: job.input)
    let size = try target.resolve(width: header.width, height: header.height)
    try format.check(width: size.width, height: size.height)
    let plan = try pipeline.plan(width: header.width, height: header.height, target: target, request: request)
    let tiles = plan.tile.map { "tiles of \($0)" } ?? "no tiles"
    report.start(
      job, index: index,
      size:
        "\(header.width) × \(header.height) to \(size.width) × \(size.height), \(tiles), about \(Terminal.bytes(plan.bytes))"
    )

    let picture = try Picture.read(path: job.input)
    let clock = ProgressClock()
    let monitor = RestorationMonitor(
      report: { [report] progress in report.progress(job, progress, secondsLeft: clock.secondsLeft(progress)) },
      cancellation: CancellationCheck { Interruption.isRequested })
    let result = try pipeline.restore(try picture.tensors(), target: target, request: request, monitor: monitor)
    try FileManager.default.createDirectory(
      atPath: (job.output as NSString).deletingLastPathComponent.ifEmpty("."), withIntermediateDirectories: true)
    let restored = try picture.replacingPixels(
      width: result.width, height: result.height, colour: try result.colour_BCHW.floats(),
      alpha: try result.alpha_B1HW?.floats())
    let warnings = try restored.write(
      path: job.output, options: EncodingOptions(quality: quality, provenance: provenance(steps: steps, target: target))
    )
    return RestoreOutcome(
      width: result.width, height: result.height, seconds: began.duration(to: .now).seconds,
      warnings: picture.warnings + warnings)
  }

  /// What made the picture, for its metadata: enough to make it again.
  private func provenance(steps: Int, target: TargetSize) -> [String: String] {
    var values = [
      "program": "burnish \(Version.current)", "model": model.entry.name, "steps": "\(steps)",
      "seed": "\(request.seed)",
      "dtype": "\(dtype)", "device": device.kind, "colorFix": request.colorFix.rawValue,
      "libtorch": Machine.runningVersion,
    ]
    switch target {
    case .scale(let factor): values["scale"] = "\(factor)"
    case .width(let width): values["width"] = "\(width)"
    case .height(let height): values["height"] = "\(height)"
    }
    if let fidelity = request.fidelity { values["fidelity"] = "\(fidelity)" }
    if let prompt = request.prompt { values["prompt"] = prompt }
    if let negative = request.negativePrompt { values["negativePrompt"] = negative }
    switch request.tile {
    case .automatic: values["tile"] = "auto"
    case .off: values["tile"] = "off"
    case .side(let side): values["tile"] = "\(side)"
    }
    return values
  }
}

extension String {
  fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
