internal import Checkpoints
internal import Foundation
internal import Layers
internal import Torch

/// What T5's attention adds to the scores for the distance between two tokens: a number for each head, from a table.
///
/// The first half of the table is for tokens that are looked at backwards (and for the token itself), the second for
/// those ahead. Of each half, the first half are single distances, and the others grow with the logarithm of the
/// distance up to the furthest (Raffel et al. 2020, section 2.1).
struct T5EncoderPositions {
  private let table: Embedding  // [buckets, heads]
  private let buckets: Int
  private let furthest: Int

  init(_ path: ParameterPath, _ config: T5EncoderConfig) throws {
    // New tables begin as in T5's training.
    let deviation = 1 / Double(config.width).squareRoot()
    table = try Embedding(path, count: config.positionBuckets, width: config.heads, deviation: deviation)
    buckets = config.positionBuckets
    furthest = config.furthestDistance
  }

  /// The numbers for a sequence of `length` tokens, `[1, H, L, L]`: query before key.
  func bias_1HLL(_ length: Int) throws(TorchError) -> Tensor {
    // By the distance from 1 - L to L - 1; a query's row is a window of it.
    let byDistance = (1 - length..<length).map { bucket(of: $0) }
    let rows = (0..<length).flatMap { byDistance[length - 1 - $0..<2 * length - 1 - $0] }
    let bias_LLH = try table(try Tensor(rows, [length, length]).to(device: table.weight.device))
    return try bias_LLH.permuted([2, 0, 1]).unsqueezed(0).contiguous()
  }

  /// The row of the table for a key `distance` tokens behind its query.
  func bucket(of distance: Int) -> Int {
    let half = buckets / 2
    let single = half / 2
    let first = distance > 0 ? half : 0
    let far = abs(distance)
    if far < single { return first + far }
    // In float32, since that decides at the borders between two rows.
    let growth = log(Float(far) / Float(single)) / log(Float(furthest) / Float(single))
    return first + min(half - 1, single + Int(growth * Float(half - single)))
  }
}
