internal import Torch

/// NIQE's 36 features of each block of a picture: statistics of brightness without its local mean and contrast, at full
/// and at half size.
struct NIQEFeatures {
  /// The side of a block at full size.
  static let blockSide = 96

  private let precision: NIQE.Precision
  private static let window = SeparableFilter.gaussian(radius: 3, sigma: 7.0 / 6)
  /// MATLAB's antialiased bicubic `imresize` by one half: the cubic kernel with a = -1/2, stretched to 8 pixels.
  private static let halving = SeparableFilter([-3, -9, 29, 111, 111, 29, -9, -3].map { $0 / 256.0 }, stride: 2)
  /// Neighbours, down and right, whose products are looked at.
  private static let shifts = [[0, 1], [1, 0], [1, 1], [1, -1]]

  init(_ precision: NIQE.Precision) { self.precision = precision }

  /// The features.
  /// - Parameter luma_HW: Brightness on the scale of 0 … 255, whole levels, float64, of whole blocks.
  /// - Returns: 36 numbers of each block, the blocks of the first column of blocks first; NaN where a block has no answer.
  func callAsFunction(_ luma_HW: Tensor) throws -> [[Double]] {
    let full = try features(luma_HW, blockSide: Self.blockSide)
    let half = try features(rounded(Self.halved(luma_HW)), blockSide: Self.blockSide / 2)
    return zip(full, half).map { $0 + $1 }
  }

  /// What the reference holds in float32 between its steps.
  private func rounded(_ x: Tensor) throws(TorchError) -> Tensor {
    precision == .float32 ? try x.to(.float32).to(.float64) : x
  }

  private func features(_ luma_HW: Tensor, blockSide: Int) throws -> [[Double]] {
    let blocks_NHW = try Self.blocks(normalised(luma_HW), blockSide)
    var maps = [blocks_NHW]
    for shift in Self.shifts { maps.append(try blocks_NHW * blocks_NHW.rolled(shift, axes: [1, 2])) }
    let fits = try maps.map { try Self.moments($0).map(AsymmetricGaussian.init) }
    return (0..<blocks_NHW.size(0)).map { block in
      let fit = fits[0][block]
      return [fit.shape, (fit.left + fit.right) / 2]
        + fits.dropFirst().flatMap { map in [map[block].shape, map[block].mean, map[block].left, map[block].right] }
    }
  }

  /// Brightness minus its local mean, divided by its local deviation plus 1: the 1 belongs to the scale of 0 … 255.
  private func normalised(_ luma_HW: Tensor) throws(TorchError) -> Tensor {
    let smoothed_2HW = try Self.window(
      try Tensor.stacked([luma_HW, rounded(luma_HW.square())]).unsqueezed(1)
        .padded(left: 3, right: 3, top: 3, bottom: 3, mode: .replicate).squeezed(1))
    let mean_HW = try rounded(smoothed_2HW.selected(0, 0))
    let deviation_HW = try rounded(
      rounded(rounded(smoothed_2HW.selected(0, 1)) - rounded(mean_HW.square())).abs().sqrt())
    let normal_HW = try (luma_HW - mean_HW) / (deviation_HW + 1)
    return precision == .float32 ? try normal_HW.to(.float32) : normal_HW
  }

  /// `[H, W]` to `[N, side, side]`, column of blocks by column of blocks.
  private static func blocks(_ x_HW: Tensor, _ side: Int) throws(TorchError) -> Tensor {
    let (rows, columns) = (x_HW.size(0) / side, x_HW.size(1) / side)
    return try x_HW.reshaped([rows, side, columns, side]).permuted([2, 0, 1, 3]).reshaped([-1, side, side])
  }

  /// Half the size. The border is mirrored with its own pixel repeated.
  private static func halved(_ x_HW: Tensor) throws(TorchError) -> Tensor {
    var x = x_HW
    for axis in [0, 1] {
      let head = try x.narrowed(axis, from: 0, length: 3).flipped([axis])
      let tail = try x.narrowed(axis, from: x.size(axis) - 3, length: 3).flipped([axis])
      x = try .concatenated([head, x, tail], axis: axis)
    }
    return try halving(x)
  }

  /// The sums of each block.
  private static func moments(_ x_NHW: Tensor) throws(TorchError) -> [AsymmetricGaussian.Moments] {
    let (count, axes) = (Double(x_NHW.size(1) * x_NHW.size(2)), [1])
    let x_NP = try x_NHW.reshaped([x_NHW.size(0), -1])
    let negative_NP = try x_NP.clamped(max: 0)
    let positive_NP = try x_NP.clamped(min: 0)
    func sums(_ x: Tensor) throws(TorchError) -> [Double] { try x.sum(axes).doubles() }
    let (negativeSum, positiveSum) = (try sums(negative_NP), try sums(positive_NP))
    let (negativeSquares, positiveSquares) = (try sums(negative_NP.square()), try sums(positive_NP.square()))
    let (negativeCount, positiveCount) = (try sums(x_NP.less(0)), try sums(x_NP.greater(0)))
    return negativeSum.indices.map { block in
      AsymmetricGaussian.Moments(
        count: count, absoluteSum: positiveSum[block] - negativeSum[block], negativeCount: negativeCount[block],
        negativeSquares: negativeSquares[block], positiveCount: positiveCount[block],
        positiveSquares: positiveSquares[block])
    }
  }
}
