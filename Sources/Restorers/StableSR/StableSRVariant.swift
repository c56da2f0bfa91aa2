public import Priors

/// What a release of StableSR was trained for.
public struct StableSRVariant: Sendable, Hashable {
  /// What the U-Net predicts.
  public var parametrisation: Parametrisation
  /// Side of the latents that the networks know, and of tiles.
  public var tileSide: Int
  /// Latent pixels that neighbouring tiles share.
  public var tileOverlap: Int
  /// How it is sampled where nothing else is asked for.
  public var settings: StableSRSettings

  /// A release.
  /// - Parameters:
  ///   - parametrisation: What the U-Net predicts.
  ///   - tileSide: Side of the latents that the networks know, and of tiles.
  ///   - tileOverlap: Latent pixels that neighbouring tiles share.
  ///   - settings: How it is sampled where nothing else is asked for.
  public init(parametrisation: Parametrisation, tileSide: Int, tileOverlap: Int, settings: StableSRSettings) {
    self.parametrisation = parametrisation
    self.tileSide = tileSide
    self.tileOverlap = tileOverlap
    self.settings = settings
  }

  /// `stablesr_000117.ckpt`, of SD 2.1-base: 200 ancestral steps, no words.
  public static let base512 = StableSRVariant(
    parametrisation: .epsilon, tileSide: 64, tileOverlap: 32, settings: StableSRSettings())

  /// `stablesr_turbo.ckpt`, of SD-Turbo: four ancestral steps.
  public static let turbo: StableSRVariant = {
    var variant = base512
    variant.settings.steps = 4
    return variant
  }()

  /// `stablesr_768v_000139.ckpt`, of SD 2.1 at 768 pixels, as its authors recommend it: 20 stochastic DDIM steps, guided
  /// away from ``negativePrompt``, and nothing of the low-quality picture in the decoder.
  public static let velocity768: StableSRVariant = {
    var settings = StableSRSettings()
    settings.steps = 20
    settings.method = .implicit(eta: 1)
    settings.guidance = 7
    settings.weight = 0
    return StableSRVariant(parametrisation: .velocity, tileSide: 96, tileOverlap: 48, settings: settings)
  }()

  /// What the authors of the release guide away from. Brackets and weights are plain text to the text encoder.
  public static let negativePrompt = "3d, cartoon, anime, sketches, (worst quality:2), (low quality:2)"
  /// What they ask for where the picture has no words of its own.
  public static let prompt = "(masterpiece:2), (best quality:2), (realistic:2), (very clear:2)"

  /// The tiles of a latent.
  /// - Parameters:
  ///   - height: Rows of the latent.
  ///   - width: Columns of the latent.
  ///   - side: Side of a tile; nil is ``tileSide``. The overlap stays the same part of it.
  ///   - alignment: Sides of tiles are multiples of this: `UNetConfig.sideMultiple`.
  ///   - window: How much each pixel of a tile counts.
  /// - Returns: nil where one tile covers the latent.
  /// - Throws: `RestorationError` for a tile that is too small to be cut.
  public func tiling(
    height: Int, width: Int, side: Int? = nil, alignment: Int = 1, window: TileWindow = .gaussian
  ) throws(RestorationError) -> LatentTiling? {
    let side = (side ?? tileSide) / max(alignment, 1) * alignment
    guard side < max(height, width) else { return nil }
    return LatentTiling(
      try TilePlan(
        height: height, width: width, tile: side, overlap: side * tileOverlap / max(tileSide, 1),
        alignment: alignment, placement: .stride),
      window: window)
  }
}
