internal import CFilters
internal import Torch

/// NIQE's 36 features of each block of a picture: statistics of brightness without its local mean and contrast, at full
/// and at half size.
struct NIQEFeatures {
  /// The side of a block at full size.
  static let blockSide = 96

  private let precision: NIQE.Precision
  private var isSingle: Int32 { precision == .float32 ? 1 : 0 }
  private static let window = GaussianWindow.taps(radius: 3, sigma: 7.0 / 6)
  /// MATLAB's antialiased bicubic `imresize` by one half: the cubic kernel with a = -1/2, stretched to 8 pixels.
  private static let halving = [-3, -9, 29, 111, 111, 29, -9, -3].map { $0 / 256.0 }

  init(_ precision: NIQE.Precision) { self.precision = precision }

  /// Brightness, row by row.
  private struct Plane {
    var values: [Double]
    let height: Int
    let width: Int
  }

  /// The features.
  /// - Parameter levels: Brightness in whole levels, of at least one block; what is beyond whole blocks is left out.
  /// - Returns: 36 numbers of each block, the blocks of the first column of blocks first; NaN where a block has no answer.
  /// - Throws: `TorchError` from libtorch.
  func callAsFunction(_ levels: LevelPlanes, picture: Int) throws(TorchError) -> [[Double]] {
    let side = Self.blockSide
    let (height, width) = (levels.height / side * side, levels.width / side * side)
    let plane = try levels.withReader { reader in
      Plane(
        values: Self.made(height * width) { target in
          for row in 0..<height {
            reader.read(picture: picture, plane: 0, row: row, columns: 0..<width, into: target + row * width)
          }
        }, height: height, width: width)
    }
    let full = features(plane, blockSide: side)
    let half = features(halved(plane), blockSide: side / 2)
    return zip(full, half).map { $0 + $1 }
  }

  private static func made(_ count: Int, _ fill: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { buffer, initialised in
      guard let start = buffer.baseAddress else { return }
      fill(start)
      initialised = count
    }
  }

  /// The 18 features of each block of one size, a row of blocks at a time: their pixels stay in the processor's caches.
  private func features(_ plane: Plane, blockSide side: Int) -> [[Double]] {
    let (rows, columns, width) = (plane.height / side, plane.width / side, plane.width)
    let (taps, radius) = (Self.window.count, Self.window.count / 2)
    let each = Int(BF_MOMENTS)
    var moments = [Double](repeating: 0, count: 5 * each)
    var features = [[Double]](repeating: [], count: rows * columns)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: side * width + 2 * (width + taps - 1)) { buffer in
      guard let normal = buffer.baseAddress else { return }
      for blockRow in 0..<rows {
        for y in 0..<side {
          // Beyond the picture, its first and last line are repeated.
          let lines = (-radius...radius).map { min(max(blockRow * side + y + $0, 0), plane.height - 1) * width }
          bf_normalise_line(
            plane.values, lines, Self.window, taps, width, isSingle, normal + side * width, normal + y * width)
        }
        for blockColumn in 0..<columns {
          bf_block_moments(normal + blockColumn * side, width, side, isSingle, &moments)
          features[blockColumn * rows + blockRow] = Self.features(of: moments, count: side * side)
        }
      }
    }
    return features
  }

  /// 18 features from the moments of a block and of its products with four neighbours.
  private static func features(of moments: [Double], count: Int) -> [Double] {
    let fits = (0..<moments.count / Int(BF_MOMENTS)).map { map in
      let start = map * Int(BF_MOMENTS)
      return AsymmetricGaussian(
        AsymmetricGaussian.Moments(
          count: Double(count), absoluteSum: moments[start], negativeCount: moments[start + 1],
          negativeSquares: moments[start + 2], positiveCount: moments[start + 3], positiveSquares: moments[start + 4]))
    }
    // Left, above, above left and above right, as the reference orders them.
    var features = [fits[0].shape, (fits[0].left + fits[0].right) / 2]
    for fit in fits.dropFirst() { features += [fit.shape, fit.mean, fit.left, fit.right] }
    return features
  }

  /// Half the size. The border is mirrored with its own pixel repeated.
  private func halved(_ plane: Plane) -> Plane {
    let (height, width, taps) = (plane.height / 2, plane.width / 2, Self.halving.count)
    let reach = taps / 2 - 1
    let values = Self.made(height * width) { target in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: plane.width + 2 * reach) { buffer in
        guard let line = buffer.baseAddress else { return }
        for y in 0..<height {
          let lines = (0..<taps).map { tap in
            let row = 2 * y + tap - reach
            return row < 0 ? -1 - row : min(row, 2 * plane.height - 1 - row)
          }
          bf_combine_lines(plane.values, plane.width, line + reach, plane.width, lines, Self.halving, taps)
          for x in 0..<reach {
            line[reach - 1 - x] = line[reach + x]
            line[reach + plane.width + x] = line[reach + plane.width - 1 - x]
          }
          bf_halve_line(line, Self.halving, taps, target + y * width, width, isSingle)
        }
      }
    }
    return Plane(values: values, height: height, width: width)
  }
}
