internal import Datasets
internal import Degradation
internal import Restorers
internal import Torch

/// A row's model, ready to restore.
final class LoadedMethod {
  /// A restored picture.
  struct Result {
    let picture: DecodedPicture
    let notes: [String]
  }

  private let restorer: (any Restorer)?
  private let pipeline: RestorationPipeline?
  /// What the user should know of the model.
  let warnings: [String]

  /// Loads a model.
  /// - Throws: What is wrong with its files, or with the number of steps.
  init(_ method: EvaluationRun.Method, _ plan: EvaluationPlan) throws {
    guard case .restorer(let entry, let folder) = method else {
      (restorer, pipeline, warnings) = (nil, nil, [])
      return
    }
    let (device, dtype) = (plan.device, plan.dtype)
    let loaded = try entry.load(folder, dtype, device)
    var inFloat32: (() throws -> any Restorer)?
    if dtype != .float32 { inFloat32 = { try entry.load(folder, .float32, device) } }
    restorer = loaded
    pipeline = RestorationPipeline(loaded, device: device, inFloat32: inFloat32)
    warnings = loaded.warnings
  }

  /// Steps where the user names none; nil for what has no steps.
  var ownSteps: Int? { restorer?.defaultSteps }

  /// Checks a number of steps.
  /// - Throws: `EvaluationError` for more than the model has.
  func check(_ run: EvaluationRun) throws {
    if let restorer, let steps = run.steps, steps > restorer.stepLimit {
      throw EvaluationError(
        .argument, "\(steps) steps: the model '\(run.model)' has at most \(restorer.stepLimit) steps")
    }
  }

  /// Restores a picture; the result is rounded to 8 bits, as the file that it becomes.
  /// - Throws: What restoring throws; `CancellationError`.
  func restore(
    _ pair: PicturePair, _ run: EvaluationRun, _ plan: EvaluationPlan, monitor: RestorationMonitor
  ) throws -> Result {
    var low = try PlanarImage(rgb8: pair.low.rgb8, width: pair.low.width, height: pair.low.height)
    guard let restorer, let pipeline else {
      let large = try low.resized(width: pair.width, height: pair.height, .matlabBicubic)
      return Result(picture: try Self.picture(large), notes: [])
    }
    // Where more is missing than the model enlarges by, it works at the result's size all the same, as diffusion models in
    // papers do: the rest is enlarged first.
    let rest = Double(pair.width) / Double(pair.low.width * restorer.scale)
    if rest > 1 {
      low = try low.resized(
        width: Int((Double(low.width) * rest).rounded()), height: Int((Double(low.height) * rest).rounded()),
        .matlabBicubic
      ).clamped()
    }
    let request = RestorationRequest(
      steps: run.steps, seed: plan.seed, fidelity: plan.fidelity, colorFix: plan.colorFix, memory: plan.memory)
    let result = try pipeline.restore(
      TensorPicture(colour_BCHW: try low.tensor()), target: .width(pair.width), request: request, monitor: monitor)
    var notes: [String] = []
    if result.fellBackToFloat32 {
      notes.append("numbers left the range of \(plan.dtype), so the networks were run again in float32")
    }
    if let tile = result.tile { notes.append("restored in tiles of \(tile)") }
    guard result.picture.width == pair.width, result.picture.height == pair.height else {
      throw EvaluationError(
        .picture,
        "the result has \(result.picture.width)x\(result.picture.height) pixels instead of \(pair.width)x\(pair.height)"
      )
    }
    return Result(picture: try Self.picture(PlanarImage.images(result.picture.colour_BCHW)[0]), notes: notes)
  }

  private static func picture(_ image: PlanarImage) throws -> DecodedPicture {
    try DecodedPicture(width: image.width, height: image.height, rgb8: image.bytes8())
  }
}
