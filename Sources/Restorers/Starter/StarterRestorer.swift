public import Checkpoints
public import Priors
public import Torch

/// The starter as a restoration system: AddSR's loop (few steps, fresh noise between them, self-refinement) over
/// ``StarterNetwork``.
public final class StarterRestorer: Restorer {
  private let network: StarterNetwork
  private let codec: PixelCodec

  /// How memory grows.
  public let footprint: Footprint

  /// What was measured at 128×128 to 2048×2048 on a CPU, rounded up: libtorch and the weights; the picture and what the
  /// loop keeps of it; 44 feature maps of the finest level for each tile in work.
  public static func measuredFootprint(_ network: StarterNetwork) -> Footprint {
    let config = network.config
    let map = (config.network.blockOutChannels.first ?? 0) * network.dtype.byteCount
    return Footprint(
      fixed: 250_000_000, perPixel: 120, perTilePixel: 44 * map / (config.unshuffle * config.unshuffle))
  }

  /// A restorer over loaded networks.
  /// - Parameter footprint: How memory grows; nil takes what was measured.
  public init(_ network: StarterNetwork, footprint: Footprint? = nil) {
    self.network = network
    self.footprint = footprint ?? Self.measuredFootprint(network)
    codec = PixelCodec(factor: network.config.unshuffle)
  }

  /// The factor by which the model was trained to enlarge.
  public var scale: Int { network.config.scale }
  /// Sides must be multiples of this.
  public var sideMultiple: Int { network.config.sideMultiple }
  /// All times of the model.
  public var defaultSteps: Int { network.config.times.count }
  /// All times of the model.
  public var stepLimit: Int { network.config.times.count }

  /// Restores a picture.
  ///
  /// `fidelity` f sets the weight of self-refinement to 1 - f: at 1 every step looks at the low-quality picture alone. Where the
  /// model has a strength of ``StarterConfig/detail``, f above the model's own lets that fall to 0.
  public func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let plan = try tile.flatMap { try self.plan(input.enlarged_BCHW, tile: $0) }
      let presented_BCHW = try presented(input.enlarged_BCHW, plan, cancellation: monitor.cancellation)
      let scheduler = try network.config.scheduler(steps: request.steps ?? defaultSteps)
      let base_BCHW = try codec.encode(presented_BCHW)
      let noise = SeededNoise(seed: request.seed)
      let start_BCHW = try scheduler.addNoise(
        clean: base_BCHW, noise: try noise.noise(.initial, shape: base_BCHW.shape, device: base_BCHW.device),
        level: scheduler.levels[0])
      let progress = ProgressReporter(monitor.report)
      let condition = StarterCondition(
        network, codec: codec, presented_BCHW: presented_BCHW, base_BCHW: base_BCHW)
      let refinement = try PredictionRefinement(
        of: presented_BCHW, weight: request.fidelity.map { 1 - $0 } ?? network.config.refinementWeight,
        decode: codec.decode, renew: condition.look(at:))
      let denoiser: any Denoiser
      if let plan {
        denoiser = TiledDenoiser(
          plan, progress: progress, cancellation: monitor.cancellation
        ) { noisy_BCHW, tile, level in try condition.predictClean(noisy_BCHW, at: level, in: tile) }
      } else {
        denoiser = condition
      }
      let detail = detail(request).map { DetailStrength($0, block: codec.factor) }
      let sampler = Sampler(
        scheduler, noise: noise, hooks: [refinement] + [detail].compactMap { $0 }, progress: progress,
        cancellation: monitor.cancellation)
      let clean_BCHW = try sampler.run(denoiser, from: start_BCHW)
      return try detail?.picture(of: clean_BCHW, decode: codec.decode) ?? codec.decode(clean_BCHW)
    }
  }

  /// The strength of detail: the model's, less of it the closer `fidelity` is to 1, where the first step's picture remains.
  private func detail(_ request: RestorationRequest) -> Double? {
    guard let detail = network.config.detail, (request.steps ?? defaultSteps) > 1 else { return nil }
    guard let fidelity = request.fidelity, network.config.refinementWeight > 0 else { return detail }
    return detail * min(1, (1 - fidelity) / network.config.refinementWeight)
  }

  /// How the canvas is cut, in the latent's pixels; nil where one tile holds it.
  private func plan(_ enlarged_BCHW: Tensor, tile: Int) throws -> TilePlan? {
    let (height, width) = (enlarged_BCHW.size(2), enlarged_BCHW.size(3))
    guard tile < max(height, width) else { return nil }
    return try TilePlan(
      height: height / codec.factor, width: width / codec.factor, tile: max(tile / codec.factor, 1),
      alignment: network.config.network.sideMultiple)
  }

  /// What the diffusion begins with, tile by tile where there are tiles.
  private func presented(_ enlarged_BCHW: Tensor, _ plan: TilePlan?, cancellation: CancellationCheck) throws -> Tensor {
    guard network.config.restorationModule != nil else { return enlarged_BCHW }
    func presented(_ picture_BCHW: Tensor) throws -> Tensor {
      try SelfEnsemble.mean(of: picture_BCHW, views: network.config.views) { view_BCHW in
        try cancellation.check()
        return try network.presented(view_BCHW)
      }
    }
    guard let plan else { return try presented(enlarged_BCHW) }
    let run = TileRun(plan.scaled(by: codec.factor), cancellation: cancellation)
    return try run(enlarged_BCHW) { picture_BCHW, _ in try presented(picture_BCHW) }
  }
}
