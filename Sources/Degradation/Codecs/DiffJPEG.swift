public import Torch

/// JPEG's losses as tensor operations, in the form that the Real-ESRGAN pipelines use; runs on any device.
///
/// It is not libjpeg: tables are scaled by a real factor and not rounded, the luminance table is transposed, chroma is averaged
/// and repeated, nothing but the coefficients is rounded, and the area outside the picture is black. Match it to reproduce published training
/// recipes; for real files use a ``JPEGCodec``.
public struct DiffJPEG {
  /// How coefficients are rounded.
  public enum Rounding: Sendable {
    /// To the nearest integer, half to even. No gradient.
    case nearest
    /// round(x) + (x - round(x))³, whose gradient is not zero everywhere (Shin and Song, 2017).
    case cubic
  }

  private let rounding: Rounding
  private let device: Device
  private let transform_KN: Tensor
  private let tables_CKK: Tensor

  /// The codec on a device.
  /// - Parameters:
  ///   - rounding: How coefficients are rounded.
  ///   - device: Where the pictures will be.
  /// - Throws: `TorchError` when the device is not there.
  public init(rounding: Rounding = .nearest, device: Device = .cpu) throws {
    self.rounding = rounding
    self.device = device
    transform_KN = try Tensor(JPEGTables.transform.map { Float($0) }, [8, 8]).to(device: device)
    let transposed = (0..<64).map { JPEGTables.luminance[$0 % 8 * 8 + $0 / 8] }
    let tables = (transposed + JPEGTables.chrominance).map { Float($0) }
    tables_CKK = try Tensor(tables, [2, 8, 8]).to(device: device)
  }

  /// Compresses and decodes a batch.
  /// - Parameters:
  ///   - image_BCHW: RGB in 0 … 1, float32.
  ///   - quality: One for each picture, above 0 and up to 100; not necessarily whole.
  /// - Returns: RGB in 0 … 1, not rounded to 8 bits.
  /// - Throws: `DegradationError` for another number of channels or qualities, or a quality out of range; `TorchError` from libtorch.
  public func callAsFunction(_ image_BCHW: Tensor, quality: [Double]) throws -> Tensor {
    let shape = image_BCHW.shape
    guard shape.count == 4, shape[1] == 3, quality.count == shape[0] else {
      throw DegradationError(
        .picture,
        "compressing a tensor of shape \(shape) with \(quality.count) qualities: it must be B3HW with a quality each")
    }
    for value in quality where !(value > 0 && value <= 100) {
      throw DegradationError(.codec, "compressing as JPEG with quality \(value): it must be above 0 and at most 100")
    }
    // At quality 100 the table would be 0, and 0/0 no picture: a ten-thousandth loses nothing.
    let factors = quality.map { Float(max(JPEGTables.percentage($0) / 100, 1e-4)) }
    let factor_B = try Tensor(factors, [shape[0], 1, 1, 1, 1]).to(device: device)
    let (height, width) = ((shape[2] + 15) / 16 * 16, (shape[3] + 15) / 16 * 16)
    let padded = try image_BCHW.padded(right: width - shape[3], bottom: height - shape[2]) * 255
    let r = try padded.narrowed(1, from: 0, length: 1)
    let g = try padded.narrowed(1, from: 1, length: 1)
    let b = try padded.narrowed(1, from: 2, length: 1)
    // JFIF, full range.
    let luma = try coded(r * 0.299 + g * 0.587 + b * 0.114, table: 0, factor_B)
    let cb = try chroma(b * 0.5 - r * 0.168736 - g * 0.331264 + 128, factor_B)
    let cr = try chroma(r * 0.5 - g * 0.418688 - b * 0.081312 + 128, factor_B)
    let rgb = try Tensor.concatenated(
      [luma + cr * 1.402, luma - cb * 0.344136 - cr * 0.714136, luma + cb * 1.772], axis: 1)
    return try (rgb.clamped(min: 0, max: 255) / 255).narrowed(2, from: 0, length: shape[2]).narrowed(
      3, from: 0, length: shape[3]
    )
    .contiguous()
  }

  /// Halved, coded and repeated, around zero.
  private func chroma(_ plane_B1HW: Tensor, _ factor_B: Tensor) throws -> Tensor {
    let coded = try coded(plane_B1HW.averagePooled(2), table: 1, factor_B)
    let (height, width) = (coded.size(2), coded.size(3))
    let doubled = try coded.reshaped([-1, 1, height, 1, width, 1]).expanded([-1, 1, height, 2, width, 2])
    return try doubled.reshaped([-1, 1, 2 * height, 2 * width]) - 128
  }

  /// 8x8 blocks through the DCT, the table, and back.
  private func coded(_ plane_B1HW: Tensor, table: Int, _ factor_B: Tensor) throws -> Tensor {
    let (batch, height, width) = (plane_B1HW.size(0), plane_B1HW.size(2), plane_B1HW.size(3))
    let blocks = try (plane_B1HW - 128).reshaped([batch, height / 8, 8, width / 8, 8]).permuted([0, 1, 3, 2, 4])
    let inverse = try transform_KN.transposed(0, 1)
    let table_B = try tables_CKK.selected(0, table) * factor_B
    let coefficients = try rounded(transform_KN.matmul(blocks).matmul(inverse) / table_B) * table_B
    let pixels = try inverse.matmul(coefficients).matmul(transform_KN) + 128
    return try pixels.permuted([0, 1, 3, 2, 4]).reshaped([batch, 1, height, width])
  }

  private func rounded(_ x: Tensor) throws -> Tensor {
    let nearest = try x.round()
    guard rounding == .cubic else { return nearest }
    let rest = try x - nearest.detached()
    return try nearest + rest * rest * rest
  }
}
