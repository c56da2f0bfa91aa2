extension LatentRun {
  /// A run as a request asks for it.
  /// - Parameters:
  ///   - tile: Side of the tiles in pixels; nil takes the latent whole.
  ///   - factor: Pixels of the picture to one of the latent.
  ///   - alignment: Sides of tiles are multiples of this, in latent pixels.
  /// - Throws: `RestorationError` for a tile that is too small to be cut.
  init(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, factor: Int, alignment: Int,
    progress: ProgressReporter, monitor: RestorationMonitor
  ) throws(RestorationError) {
    var tiling: LatentTiling?
    if let tile {
      tiling = try .covering(input.enlarged_BCHW, side: tile, factor: factor, alignment: alignment)
    }
    self.init(
      noise: SeededNoise(seed: request.seed), tiling: tiling, progress: progress, cancellation: monitor.cancellation)
  }
}
