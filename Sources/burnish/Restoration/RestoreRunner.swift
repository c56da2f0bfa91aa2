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

  /// Restores what is not there yet.
  /// - Throws: What keeps every picture from being restored: a model that cannot be loaded, or steps that it does not have.
  func run(_ jobs: [RestoreJob]) throws -> BatchSummary {
    let began = ContinuousClock.now
    var summary = BatchSummary()
    let finished = overwrite ? [] : jobs.filter(isFinished)
    let waiting = overwrite ? jobs : jobs.filter { !isFinished($0) }
    // Nothing to do takes no time.
    let restorer = try waiting.isEmpty ? nil : load()
    report.begin(
      BatchDescription(
        count: waiting.count, model: model.entry.name, folder: model.folder, device: device.name, dtype: "\(dtype)",
        steps: request.steps ?? restorer?.defaultSteps, threads: Machine.threadCount,
        warnings: restorer.map(warnings) ?? []))
    for job in finished { report.skip(job) }
    summary.skipped = finished.count
    if let restorer {
      var inFloat32: (() throws -> any Restorer)?
      if dtype != .float32 { inFloat32 = { [model, device] in try model.entry.load(model.folder, .float32, device) } }
      let pipeline = RestorationPipeline(restorer, device: device, inFloat32: inFloat32)
      restore(waiting, with: pipeline, restorer, &summary)
    }
    summary.seconds = began.duration(to: .now).seconds
    report.end(summary)
    return summary
  }

  /// A folder of the output's name is no finished picture.
  private func isFinished(_ job: RestoreJob) -> Bool {
    FileManager.default.fileExists(atPath: job.output) && !FilePath.isFolder(job.output)
  }

  private func load() throws -> any Restorer {
    let restorer = try model.entry.load(model.folder, dtype, device)
    if let steps = request.steps, steps > restorer.stepLimit {
      throw UsageError("--steps \(steps): the model '\(model.entry.name)' has at most \(restorer.stepLimit) steps")
    }
    return restorer
  }

  /// What will not go as the user may expect.
  private func warnings(_ restorer: any Restorer) -> [String] {
    var warnings = restorer.warnings
    if !restorer.readsPrompt {
      warnings += [("--prompt", request.prompt), ("--negative-prompt", request.negativePrompt)].filter { $0.1 != nil }
        .map { "\($0.0) has no effect: the model '\(model.entry.name)' reads no text" }
    }
    if dtype == .float16, device == .cpu, Machine.cpuFeatures.isDisjoint(with: ["avx512_fp16", "amx_fp16", "asimdhp"]) {
      warnings.append("this CPU has no arithmetic of float16, which is many times slower; take --dtype bf16 or fp32")
    }
    return warnings
  }

  private func restore(
    _ jobs: [RestoreJob], with pipeline: RestorationPipeline, _ restorer: any Restorer, _ summary: inout BatchSummary
  ) {
    for (index, job) in jobs.enumerated() {
      do {
        if Interruption.isRequested { throw CancellationError() }
        if let problem = job.problem { throw UsageError(problem) }
        let outcome = try restore(job, index: index, with: pipeline, restorer)
        report.finish(job, outcome)
        summary.done += 1
      } catch is CancellationError {
        summary.interrupted = true
        return
      } catch {
        report.fail(job, ErrorText.of(error))
        summary.failed += 1
      }
    }
  }

  private func restore(
    _ job: RestoreJob, index: Int, with pipeline: RestorationPipeline, _ restorer: any Restorer
  ) throws -> RestoreOutcome {
    let began = ContinuousClock.now
    let target = self.target ?? .scale(Double(restorer.scale))
    // What can be refused is refused before minutes of work: the output's ending, size and place, and the memory.
    let format = try PictureFormat.output(path: job.output)
    let header = try Picture.header(path: job.input)
    let size = try target.resolve(width: header.width, height: header.height)
    try format.check(width: size.width, height: size.height)
    try FilePath.checkWritable(job.output)
    let plan = try pipeline.plan(width: header.width, height: header.height, target: target, request: request)
    report.start(
      job,
      PicturePlan(
        index: index, inputWidth: header.width, inputHeight: header.height, width: size.width, height: size.height,
        tile: plan.tile, memory: plan.bytes))

    let picture = try Picture.read(path: job.input)
    let clock = ProgressClock()
    let monitor = RestorationMonitor(
      report: { [report] progress in report.progress(job, progress, secondsLeft: clock.secondsLeft(progress)) },
      cancellation: CancellationCheck { Interruption.isRequested })
    let result = try pipeline.restore(try picture.tensors(), target: target, request: request, monitor: monitor)
    try monitor.cancellation.check()
    try FilePath.makeFolder(of: job.output)
    let restored = try picture.replacingPixels(
      width: result.picture.width, height: result.picture.height, colour: try result.picture.colour_BCHW.floats(),
      alpha: try result.picture.alpha_B1HW?.floats())
    let made = provenance(steps: request.steps ?? restorer.defaultSteps, target: target, result)
    let warnings = try restored.write(path: job.output, options: EncodingOptions(quality: quality, provenance: made))
    return RestoreOutcome(
      width: size.width, height: size.height, seconds: began.duration(to: .now).seconds,
      warnings: picture.warnings + notes(plan, result) + warnings)
  }

  /// What did not go as planned.
  private func notes(_ plan: MemoryPlan, _ result: RestorationResult) -> [String] {
    var notes: [String] = []
    if result.fellBackToFloat32 {
      notes.append("numbers left the range of \(dtype), so the networks were run again in float32")
    }
    if result.tile != plan.tile, let tile = result.tile {
      notes.append("memory ran out, so the picture was restored in tiles of \(tile)")
    }
    return notes
  }

  /// What made the picture, for its metadata: enough to make it again.
  private func provenance(steps: Int, target: TargetSize, _ result: RestorationResult) -> [String: String] {
    var values = [
      "software": "Burnish \(Version.current)", "model": model.entry.name, "steps": "\(steps)",
      "seed": "\(request.seed)", "dtype": result.fellBackToFloat32 ? "\(DType.float32)" : "\(dtype)",
      "device": device.kind, "colorFix": request.colorFix.rawValue, "libtorch": Machine.runningVersion,
      "tile": result.tile.map { "\($0)" } ?? "off",
    ]
    switch target {
    case .scale(let factor): values["scale"] = "\(factor)"
    case .width(let width): values["width"] = "\(width)"
    case .height(let height): values["height"] = "\(height)"
    }
    if let fidelity = request.fidelity { values["fidelity"] = "\(fidelity)" }
    if let prompt = request.prompt { values["prompt"] = prompt }
    if let negative = request.negativePrompt { values["negativePrompt"] = negative }
    return values
  }
}
