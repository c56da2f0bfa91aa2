public import Torch

/// What is the same for every system: enlarge, pad, restore with the tiles that memory allows, fix colours, resize, and put
/// transparency back.
public final class RestorationPipeline {
  private var restorer: any Restorer
  private let device: Device
  private let inFloat32: () throws -> any Restorer

  /// A pipeline around a system.
  /// - Parameters:
  ///   - restorer: The system, loaded.
  ///   - device: Where it computes.
  ///   - inFloat32: Loads the same system in float32; used once numbers have left bfloat16's or float16's range.
  public init(_ restorer: any Restorer, device: Device, inFloat32: @escaping () throws -> any Restorer) {
    self.restorer = restorer
    self.device = device
    self.inFloat32 = inFloat32
  }

  /// The tiles and the memory that a run would take, to tell before it starts.
  /// - Throws: `RestorationError` when not even the smallest tile fits the budget.
  public func plan(width: Int, height: Int, target: TargetSize, request: RestorationRequest) throws -> MemoryPlan {
    let native = nativeSize(width: width, height: height)
    let output = try target.resolve(width: width, height: height)
    return try MemoryPlan(
      restorer.footprint, width: native.width, height: native.height, outputPixels: output.width * output.height,
      tile: request.tile, budget: request.memory, sideMultiple: restorer.sideMultiple)
  }

  /// Restores a picture.
  /// - Parameters:
  ///   - picture: The low-quality picture at its own size.
  ///   - target: The size wanted.
  ///   - request: What the user asked for.
  ///   - monitor: Told of progress, asked for cancellation.
  /// - Returns: The restored picture, values cut to 0…1, on the CPU.
  /// - Throws: `RestorationError`, `TorchError`, `CancellationError`.
  public func restore(
    _ picture: TensorPicture, target: TargetSize, request: RestorationRequest, monitor: RestorationMonitor
  ) throws -> TensorPicture {
    try withoutGradient {
      let size = try target.resolve(width: picture.width, height: picture.height)
      let plan = try plan(width: picture.width, height: picture.height, target: target, request: request)
      let low_BCHW = try Transparency.premultiplied(picture)
      let native = nativeSize(width: picture.width, height: picture.height)
      let enlarged_BCHW = try enlarge(low_BCHW.to(device: device))
      var result_BCHW = try restoreFitting(enlarged_BCHW, request, plan: plan, monitor: monitor)
      result_BCHW = try cropped(result_BCHW, native)
      let style_BCHW = try cropped(enlarged_BCHW, native)
      try monitor.cancellation.check()
      let progress = ProgressReporter(monitor.report)
      progress.begin(.colorFix)
      result_BCHW = try request.colorFix.apply(result_BCHW, style: style_BCHW)
      result_BCHW = try resize(result_BCHW, width: size.width, height: size.height).to(device: .cpu).clamped(
        min: 0, max: 1)
      guard try result_BCHW.isFinite().all().item() != 0 else {
        throw RestorationError(
          .notFinite, "the restored picture holds NaN or infinity, even in float32; nothing is written")
      }
      progress.finishedStep(1)
      return try finish(result_BCHW, of: picture, width: size.width, height: size.height)
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

  /// Runs the system; halves the tiles when memory runs out, and goes to float32 when numbers leave the short type's range.
  private func restoreFitting(
    _ enlarged_BCHW: Tensor, _ request: RestorationRequest, plan: MemoryPlan, monitor: RestorationMonitor
  ) throws -> Tensor {
    var tile = plan.tile
    var isFloat32 = false
    while true {
      do {
        return try restorer.restore(enlarged_BCHW, request, tile: tile, monitor: monitor)
      } catch let error where isOutOfMemory(error) {
        guard request.tile != .off else { throw error }
        let side = (tile ?? max(enlarged_BCHW.size(2), enlarged_BCHW.size(3))) / 2
        guard side >= MemoryPlan.smallestTile else { throw error }
        tile = side
        try device.emptyCache()
      } catch let error as RestorationError where error.code == .notFinite && !isFloat32 {
        restorer = try inFloat32()
        isFloat32 = true
      }
    }
  }

  private func isOutOfMemory(_ error: any Error) -> Bool {
    (error as? TorchError)?.code == .outOfMemory
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
