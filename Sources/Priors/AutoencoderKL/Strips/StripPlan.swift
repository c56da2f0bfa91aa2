public import Torch

/// How large the strips are in which feature maps are worked through.
///
/// What a plan bounds is the working memory beside the maps themselves. The result does not depend on it.
public struct StripPlan: Sendable, Hashable {
  /// Bytes that one strip of a map may take.
  public let byteCount: Int

  /// Strips of at most `byteCount` bytes; of one row where a row is larger.
  public init(byteCount: Int) { self.byteCount = max(byteCount, 1) }

  /// No strips: whole maps, as gradients need them.
  public static let whole = StripPlan(byteCount: .max)

  /// What suits a device: on a CPU a strip stays in its cache with the weights, on a GPU it keeps all units busy.
  public static func standard(for device: Device) -> StripPlan {
    StripPlan(byteCount: device == .cpu ? 8 << 20 : 256 << 20)
  }

  /// Cuts rows into even parts.
  /// - Parameters:
  ///   - height: All rows.
  ///   - rowByteCount: Bytes of one row.
  /// - Returns: Ranges in order.
  func ranges(height: Int, rowByteCount: Int) -> [Range<Int>] {
    let most = max(byteCount / max(rowByteCount, 1), 1)
    let count = max((height + most - 1) / most, 1)
    return (0..<count).map { index in height * index / count..<height * (index + 1) / count }.filter { !$0.isEmpty }
  }
}
