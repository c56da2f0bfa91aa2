public import Torch

/// What is the same for every system: enlarge, pad, restore with the tiles that memory allows, fix colours, resize, and put
/// transparency back.
public final class RestorationPipeline {
  private let restorer: any Restorer
  private let device: Device
  private let inFloat32: (() throws -> any Restorer)?

  /// A pipeline around a system.
  /// - Parameters:
  ///   - restorer: The system, loaded.
  ///   - device: Where it computes.
  ///   - inFloat32: Loads the same system in float32; called for a picture whose numbers have left bfloat16's or float16's
  ///     range. nil when the system is in float32 already.
  public init(_ restorer: any Restorer, device: Device, inFloat32: (() throws -> any Restorer)? = nil) {
    self.restorer = restorer
    self.device = device
    self.inFloat32 = inFloat32
  }

  /// The tiles and the memory that a run would take, to tell before it starts.
  /// - Throws: `RestorationError` when it does not fit the budget.
  public func plan(width: Int, height: Int, target: TargetSize, request: RestorationRequest) throws -> MemoryPlan {
    let native = nativeSize(width: width, height: height)
    let output = try target.resolve(width: width, height: height)
    return try MemoryPlan(
      restorer.footprint, width: native.width, height: native.height, outputPixels: output.width * output.height,
      tile: request.tile, budget: request.memory, available: AvailableMemory.bytes(on: device),
      sideMultiple: restorer.sideMultiple, largest: restorer.largestTile)
  }

  /// Restores a picture.
  /// - Parameters:
  ///   - picture: The low-quality picture at its own size.
  ///   - target: The size wanted.
  ///   - request: What the user asked for.
  ///   - monitor: Told of progress, asked for cancellation.
  /// - Throws: `RestorationError`, `TorchError`, `CancellationError`.
  public func restore(
    _ picture: TensorPicture, target: TargetSize, request: RestorationRequest, monitor: RestorationMonitor
  ) throws -> RestorationResult {
    try withoutGradient {
      let size = try target.resolve(width: picture.width, height: picture.height)
      let plan = try plan(width: picture.width, height: picture.height, target: target, request: request)
      let low_BCHW = try Transparency.premultiplied(picture)
      let native = nativeSize(width: picture.width, height: picture.height)
      let placed_BCHW = try low_BCHW.to(device: device)
      let enlarged_BCHW = try enlarge(placed_BCHW)
      let input = RestorationInput(enlarged_BCHW: enlarged_BCHW, low_BCHW: placed_BCHW)
      var run = try restoreFitting(input, request, plan: plan, monitor: monitor)
      run.restored_BCHW = try cropped(run.restored_BCHW, native)
      let style_BCHW = try cropped(enlarged_BCHW, native)
      try monitor.cancellation.check()
      let progress = ProgressReporter(monitor.report)
      progress.begin(.colorFix)
      run.restored_BCHW = try request.colorFix.apply(run.restored_BCHW, style: style_BCHW)
      run.restored_BCHW = try resize(run.restored_BCHW, width: size.width, height: size.height)
        .to(device: .cpu).clamped(min: 0, max: 1)
      progress.finishedStep(1)
      return RestorationResult(
        picture: try finish(run.restored_BCHW, of: picture, width: size.width, height: size.height), tile: run.tile,
        fellBackToFloat32: run.fellBackToFloat32)
    }
  }

  /// The size at which the model works: its own factor, whatever the user wants in the end.
  private func nativeSize(width: Int, height: Int) -> (width: Int, height: Int) {
    (width * restorer.scale, height * restorer.scale)
  }

  /// Repeats the border until the enlarged sides are multiples of what the model takes, then enlarges. Padding and cutting
  /// off spares the two resamplings that shrinking to a multiple would cost.
  private func enlarge(_ low_BCHW: Tensor) throws -> Tensor {
    func padded(_ side: Int) -> Int {
      let multiple = restorer.sideMultiple
      var total = side
      while total * restorer.scale % multiple != 0 { total += 1 }
      return total
    }
    let (height, width) = (low_BCHW.size(2), low_BCHW.size(3))
    let (newHeight, newWidth) = (padded(height), padded(width))
    let whole_BCHW = try low_BCHW.padded(right: newWidth - width, bottom: newHeight - height, mode: .replicate)
    return try resize(whole_BCHW, width: newWidth * restorer.scale, height: newHeight * restorer.scale)
      .clamped(min: 0, max: 1)
  }

  private struct Run {
    var restored_BCHW: Tensor
    let tile: Int?
    let fellBackToFloat32: Bool
  }

  /// Runs the system; halves the tiles when memory runs out, and goes to float32 when numbers leave the short type's range.
  private func restoreFitting(
    _ input: RestorationInput, _ request: RestorationRequest, plan: MemoryPlan, monitor: RestorationMonitor
  ) throws -> Run {
    var restorer = restorer
    var tile = plan.tile
    var fellBack = false
    while true {
      do {
        let restored_BCHW = try restorer.restore(input, request, tile: tile, monitor: monitor)
        guard try restored_BCHW.isFinite().all().item() != 0 else {
          throw RestorationError(.notFinite, "the restored picture held NaN or infinity")
        }
        return Run(restored_BCHW: restored_BCHW, tile: tile, fellBackToFloat32: fellBack)
      } catch let error as TorchError where error.code == .outOfMemory {
        let side = (tile ?? max(input.enlarged_BCHW.size(2), input.enlarged_BCHW.size(3))) / 2
        guard request.tile != .off, side >= MemoryPlan.smallestTile else {
          throw RestorationError(
            .memory,
            "memory ran out " + (tile.map { "with tiles of \($0)" } ?? "with the whole picture at once")
              + (request.tile == .off ? "; smaller tiles (--tile auto) take less" : "; close other programs")
              + ": \(error.message)")
        }
        tile = side
        try device.emptyCache()
      } catch let error as RestorationError where error.code == .notFinite {
        guard !fellBack, let inFloat32 else {
          throw RestorationError(
            .notFinite, "\(error.message); that was in float32 already, so nothing is written. Is the model damaged?",
            step: error.step)
        }
        restorer = try inFloat32()
        fellBack = true
      }
    }
  }

  private func finish(_ colour_BCHW: Tensor, of picture: TensorPicture, width: Int, height: Int) throws -> TensorPicture
  {
    var result = TensorPicture(colour_BCHW: colour_BCHW, isGrey: picture.isGrey)
    if picture.isGrey {
      result.colour_BCHW = try colour_BCHW.mean([1], keepingAxes: true).expanded([1, 3, height, width]).contiguous()
    }
    if let alpha_B1HW = picture.alpha_B1HW {
      let alpha = try resize(alpha_B1HW, width: width, height: height).clamped(min: 0, max: 1)
      result.alpha_B1HW = alpha
      result.colour_BCHW = try Transparency.divided(result.colour_BCHW, by: alpha)
    }
    return result
  }

  private func cropped(_ x_BCHW: Tensor, _ size: (width: Int, height: Int)) throws -> Tensor {
    try x_BCHW.narrowed(2, from: 0, length: size.height).narrowed(3, from: 0, length: size.width)
  }
}

/// PIL's bicubic (a = -0.5, antialiased when it shrinks): what the systems' own scripts enlarge with.
func resize(_ x_BCHW: Tensor, width: Int, height: Int) throws(TorchError) -> Tensor {
  if x_BCHW.size(2) == height, x_BCHW.size(3) == width { return x_BCHW }
  return try x_BCHW.resized(height: height, width: width, .bicubic, antialias: true)
}
