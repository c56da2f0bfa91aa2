public import Priors
public import Torch

/// A denoiser that asks another one about overlapping tiles and blends the predicted clean latents.
///
/// The latent stays one: noise and scheduler see the whole canvas, so tiles share everything but the network call. A
/// blend of clean latents is the blend of what the network predicted, since one follows from the other by the same
/// weights at every pixel.
public final class TiledDenoiser: Denoiser {
  /// How the canvas is cut.
  public let plan: TilePlan
  private let window: TileWindow
  private let jitterSeed: UInt64?
  private let progress: ProgressReporter?
  private let cancellation: CancellationCheck
  private let predict: (Tensor, Tile, NoiseLevel) throws -> Tensor

  /// A denoiser over tiles.
  /// - Parameters:
  ///   - plan: How the canvas is cut, in the latent's pixels.
  ///   - window: How much each pixel of a tile counts.
  ///   - jitterSeed: Moves the tiles between the edges at every noise level, by this seed, so that seams do not add up; nil
  ///     leaves them.
  ///   - progress: Told after each tile.
  ///   - cancellation: Asked before each tile.
  ///   - predict: Given a crop of the noisy latent, the tile and the level; answers the clean crop. Conditions that belong
  ///     to places (a picture, `tile.scaled(by: 8)` of it) are cropped here.
  public init(
    _ plan: TilePlan, window: TileWindow = .cosine, jitterSeed: UInt64? = nil, progress: ProgressReporter? = nil,
    cancellation: CancellationCheck = .never, predict: @escaping (Tensor, Tile, NoiseLevel) throws -> Tensor
  ) {
    self.plan = plan
    self.window = window
    self.jitterSeed = jitterSeed
    self.progress = progress
    self.cancellation = cancellation
    self.predict = predict
  }

  /// A denoiser over tiles, each of which has a denoiser of its own.
  /// - Parameters:
  ///   - plan: How the canvas is cut, in the latent's pixels.
  ///   - window: How much each pixel of a tile counts.
  ///   - jitterSeed: Moves the tiles between the edges at every noise level; nil leaves them.
  ///   - progress: Told after each tile.
  ///   - cancellation: Asked before each tile.
  ///   - denoiser: Makes the denoiser of a tile; called at each step.
  public convenience init(
    _ plan: TilePlan, window: TileWindow = .cosine, jitterSeed: UInt64? = nil, progress: ProgressReporter? = nil,
    cancellation: CancellationCheck = .never, denoiser: @escaping (Tile) throws -> any Denoiser
  ) {
    self.init(plan, window: window, jitterSeed: jitterSeed, progress: progress, cancellation: cancellation) {
      try denoiser($1).predictClean($0, at: $2)
    }
  }

  /// The plan that is used at a noise level: ``plan`` unless there is jitter.
  public func plan(at level: NoiseLevel) -> TilePlan {
    jitterSeed.map { plan.jittered(seed: SplitMix64.mix($0) ^ level.timestep.bitPattern) } ?? plan
  }

  /// Predicts the clean latent tile by tile.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    let run = TileRun(plan(at: level), window: window, progress: progress, cancellation: cancellation)
    return try run(noisy_BCHW) { try predict($0, $1, level) }
  }
}
