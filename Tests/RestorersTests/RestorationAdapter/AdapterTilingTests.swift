import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

/// A site's adapter over tiles against the whole.
struct AdapterTilingTests {
  /// What the first two sites add to features of a picture, each tile with its own crop of the picture, blended.
  private func residual(
    _ block: RestorationAdapterConfig.BlockKind, tile: Int?
  ) throws -> Tensor {
    let tiny = try TinyAdapter(.unet, side: 64) { ($0.blockKind, $0.sites) = (block, [.down(0)]) }
    let adapter = try tiny.adapter()
    let features = try TinyPrior.random([1, 8, 64, 68], seed: 3)
    let embedding = try TinyPrior.random([1, 32], seed: 4)
    func add(_ features: Tensor, _ low: Tensor) throws -> Tensor {
      try adapter.looking(at: low).begin(embedding_BD: embedding)(features, .down(0)) - features
    }
    guard let tile else { return try add(features, tiny.low_BCHW) }
    let run = TileRun(try Self.plan(tile: tile))
    return try run(features) { crop, place in try add(crop, tiny.low_BCHW.cropped(place)) }
  }

  /// Two 3×3 convolutions see two pixels: what lies deeper in every tile is as if there were none. A cosine window leaves
  /// little of the rim: over 16 pixels the outermost two weigh at most 0.0215.
  @Test func blocksWithoutNormsDifferAtTheRimsOfTilesAlone() throws {
    let (whole, tiled) = (try residual(.t2i, tile: nil), try residual(.t2i, tile: 40))
    let difference = try (whole - tiled).abs()
    let deviation = try whole.square().mean().sqrt().item()
    #expect(try difference.maximum().item() < 0.1 * deviation)
    // Away from the rims.
    let kept = try Tensor.ones([1, 1, 64, 68])
    for tile in try Self.plan(tile: 40).tiles {
      let part = try kept.cropped(tile)
      for (axis, start, length, end) in [(2, tile.top, tile.height, 64), (3, tile.left, tile.width, 68)] {
        if start > 0 { try part.narrowed(axis, from: 0, length: 2).zeroInPlace() }
        if start + length < end { try part.narrowed(axis, from: length - 2, length: 2).zeroInPlace() }
      }
    }
    #expect(try kept.mean().item() > 0.6)
    #expect(try (difference * kept).maximum().item() < 1e-5)
    #expect(try difference.maximum().item() > 1e-3)
  }

  private static func plan(tile: Int) throws -> TilePlan {
    try TilePlan(height: 64, width: 68, tile: tile, overlap: 16)
  }

  /// Group norms see each tile's own statistics, which differ little between tiles of a like texture.
  @Test func blocksWithNormsDifferByTheirStatistics() throws {
    let (whole, tiled) = (try residual(.residual, tile: nil), try residual(.residual, tile: 40))
    let error = try (whole - tiled).norm().item() / whole.norm().item()
    #expect(error > 0 && error < 0.05)
  }
}
