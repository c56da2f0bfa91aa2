public import Torch

/// The windows in which a stage of a Swin transformer (Liu et al. 2021) attends, plain and shifted.
///
/// A shifted block rolls the map up and left by half a window first, so that windows reach over the borders of the plain
/// ones. What the roll brings together from opposite ends of the map must not see each other.
public struct AttentionWindows {
  /// Tokens along each side of the map.
  private let side: Int
  /// Tokens along each side of a window: all of a map that is no larger.
  let windowSide: Int
  /// How far a shifted block rolls the map: 0 where one window covers it.
  private let shift: Int
  /// For each pair of a window's tokens the row of the bias table, `[N²]`, int64.
  private let relativePositions: Tensor
  /// What shifted windows add to scores, `[M, 1, N, N]`; nil where nothing shifts.
  private let shiftMask_M1NN: Tensor?

  /// Added to the scores of tokens that must not see each other. The originals use this number and not minus infinity.
  private static let hidden = -100.0

  /// Windows over a square map.
  /// - Parameters:
  ///   - side: Tokens along each side of the map, a multiple of `window` or smaller.
  ///   - window: Tokens along each side of a window.
  public init(side: Int, window: Int) throws(TorchError) {
    self.side = side
    windowSide = min(window, side)
    shift = side <= window ? 0 : window / 2
    relativePositions = try Self.relativePositions(windowSide)
    shiftMask_M1NN = shift == 0 ? nil : try Self.shiftMask(side: side, window: windowSide, shift: shift)
  }

  /// Tokens of a window.
  var tokenCount: Int { windowSide * windowSide }

  /// Rows of a block's table of biases: one for each offset between two tokens of a window.
  var offsetCount: Int { (2 * windowSide - 1) * (2 * windowSide - 1) }

  /// How many masks ``bias(_:shifted:)`` answers: one for each window of a shifted map, else one for all.
  func maskCount(shifted: Bool) -> Int { shifted ? shiftMask_M1NN?.size(0) ?? 1 : 1 }

  /// `[B, H, W, C]` to `[B M, N, C]`: the N tokens of each of the M windows of each picture.
  func split(_ x_BHWC: Tensor, shifted: Bool) throws(TorchError) -> Tensor {
    try Self.split(shifted && shift > 0 ? try x_BHWC.rolled([-shift, -shift], axes: [1, 2]) : x_BHWC, windowSide)
  }

  /// `[B M, N, C]` back to `[B, H, W, C]`.
  func joined(_ x_MNC: Tensor, shifted: Bool) throws(TorchError) -> Tensor {
    let (count, width) = (side / windowSide, x_MNC.size(2))
    let x_BHWC = try x_MNC.reshaped([-1, count, count, windowSide, windowSide, width]).permuted([0, 1, 3, 2, 4, 5])
      .reshaped([-1, side, side, width])
    return shifted && shift > 0 ? try x_BHWC.rolled([shift, shift], axes: [1, 2]) : x_BHWC
  }

  /// What a block adds to its scores: the bias of each offset, and in shifted windows the mask.
  /// - Parameter table_OH: The block's biases, `[offsets, heads]`.
  /// - Returns: `[M, heads, N, N]` for shifted windows, `[1, heads, N, N]` for plain ones, in the table's type.
  func bias(_ table_OH: Tensor, shifted: Bool) throws(TorchError) -> Tensor {
    let bias_1HNN = try table_OH.indexSelected(0, try relativePositions.to(device: table_OH.device))
      .reshaped([tokenCount, tokenCount, -1]).permuted([2, 0, 1]).unsqueezed(0)
    guard shifted, let shiftMask_M1NN else { return try bias_1HNN.contiguous() }
    return try bias_1HNN + shiftMask_M1NN.to(table_OH.dtype, device: table_OH.device)
  }

  private static func split(_ x_BHWC: Tensor, _ window: Int) throws(TorchError) -> Tensor {
    let (count, width) = (x_BHWC.size(1) / window, x_BHWC.size(3))
    return try x_BHWC.reshaped([-1, count, window, count, window, width]).permuted([0, 1, 3, 2, 4, 5])
      .reshaped([-1, window * window, width])
  }

  private static func relativePositions(_ window: Int) throws(TorchError) -> Tensor {
    let offsets = 2 * window - 1
    var rows: [Int] = []
    rows.reserveCapacity(window * window * window * window)
    for (y, x) in places(window) {
      for (otherY, otherX) in places(window) {
        rows.append((y - otherY + window - 1) * offsets + x - otherX + window - 1)
      }
    }
    return try Tensor(rows)
  }

  private static func shiftMask(side: Int, window: Int, shift: Int) throws(TorchError) -> Tensor {
    // Along an axis of the rolled map: what no border crosses, the last window's own part, and what came round.
    func region(_ place: Int) -> Float { place < side - window ? 0 : place < side - shift ? 1 : 2 }
    let regions = try Tensor(places(side).map { 3 * region($0.0) + region($0.1) }, [1, side, side, 1])
    let regions_MN = try split(regions, window).squeezed(2)
    let isSame_MNN = try regions_MN.unsqueezed(2).equal(regions_MN.unsqueezed(1))
    return try Tensor.zeros(isSame_MNN.shape).maskedFill(isSame_MNN.logicalNot(), hidden).unsqueezed(1)
  }

  /// Rows and columns of a square, row by row.
  private static func places(_ side: Int) -> [(Int, Int)] {
    (0..<side).flatMap { y in (0..<side).map { (y, $0) } }
  }
}
