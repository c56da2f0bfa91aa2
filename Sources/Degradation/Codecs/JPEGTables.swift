internal import Foundation

/// The numbers of ITU-T T.81 that both JPEG forms share.
enum JPEGTables {
  /// Annex K, table K.1, row by row.
  static let luminance: [Double] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95,
    98, 112, 100,
    103, 99,
  ]

  /// Annex K, table K.2, row by row.
  static let chrominance: [Double] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99,
  ]

  /// The orthonormal DCT-II of eight samples, row k the k-th frequency.
  static let transform: [Double] = (0..<64).map { index in
    let (frequency, sample) = (index / 8, index % 8)
    let scale = frequency == 0 ? (1.0 / 8).squareRoot() : 0.5
    return scale * cos(Double(2 * sample + 1) * Double(frequency) * Double.pi / 16)
  }

  /// libjpeg's percentage of the tables for a quality.
  static func percentage(_ quality: Double) -> Double { quality < 50 ? 5000 / quality : 200 - 2 * quality }
}
