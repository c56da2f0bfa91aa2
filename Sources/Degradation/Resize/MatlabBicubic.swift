public import Torch

/// MATLAB's `imresize(…, 'bicubic')` for BCHW tensors of one size, as two matrix products; gradients pass through.
///
/// Cubic convolution with a = -0.5 (Keys, 1981), the kernel stretched by 1/factor when it shrinks, symmetric reflection at the
/// border. Values are neither clamped nor rounded. Make it once and call it for every batch: the matrices stay on the device.
public struct MatlabBicubic {
  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int
  private let rows_OH: Tensor
  private let columns_WO: Tensor
  private let sourceHeight, sourceWidth: Int

  /// The resize by a factor: sides become `ceil(n · factor)`.
  /// - Parameters:
  ///   - height: Rows that come in.
  ///   - width: Columns that come in.
  ///   - factor: New size over old, above 0.
  ///   - antialias: Whether the kernel is stretched when it shrinks.
  ///   - device: Where the pictures will be.
  /// - Throws: `DegradationError` for sizes or a factor that make no picture; `TorchError` from libtorch.
  public init(height: Int, width: Int, factor: Double, antialias: Bool = true, device: Device = .cpu) throws {
    try Self.check(height, width)
    let method = Resampling.matlabBicubic
    try self.init(
      rows: .make(
        method, from: height, to: method.length(of: height, factor: factor), factor: factor, antialias: antialias),
      columns: .make(
        method, from: width, to: method.length(of: width, factor: factor), factor: factor, antialias: antialias),
      height: height, width: width, device: device)
  }

  /// The resize to given sides; each axis has its own factor.
  /// - Parameters:
  ///   - height: Rows that come in.
  ///   - width: Columns that come in.
  ///   - newHeight: Rows that go out.
  ///   - newWidth: Columns that go out.
  ///   - device: Where the pictures will be.
  /// - Throws: `DegradationError` for a side below 1; `TorchError` from libtorch.
  public init(height: Int, width: Int, toHeight newHeight: Int, width newWidth: Int, device: Device = .cpu) throws {
    try Self.check(height, width)
    try Self.check(newHeight, newWidth)
    let method = Resampling.matlabBicubic
    try self.init(
      rows: .make(method, from: height, to: newHeight, factor: Double(newHeight) / Double(height)),
      columns: .make(method, from: width, to: newWidth, factor: Double(newWidth) / Double(width)),
      height: height, width: width, device: device)
  }

  private init(rows: ResampleWeights, columns: ResampleWeights, height: Int, width: Int, device: Device) throws {
    rows_OH = try rows.matrix(sourceCount: height).to(device: device)
    columns_WO = try columns.matrix(sourceCount: width).to(device: device).transposed(0, 1).contiguous()
    (self.height, self.width, sourceHeight, sourceWidth) = (rows.count, columns.count, height, width)
  }

  private static func check(_ height: Int, _ width: Int) throws {
    guard height > 0, width > 0 else {
      throw DegradationError(.picture, "resizing pictures of \(width)x\(height): sides must be at least 1")
    }
  }

  /// Resizes a batch.
  /// - Parameter image_BCHW: Of the sides this was made for, any float type; computed in float32, answered in its own type.
  /// - Throws: `DegradationError` when the sides differ; `TorchError` from libtorch.
  public func callAsFunction(_ image_BCHW: Tensor) throws -> Tensor {
    guard image_BCHW.size(-2) == sourceHeight, image_BCHW.size(-1) == sourceWidth else {
      throw DegradationError(
        .picture,
        "resizing a tensor of shape \(image_BCHW.shape): this resize was made for \(sourceHeight) rows and \(sourceWidth) columns"
      )
    }
    let dtype = image_BCHW.dtype
    return try rows_OH.matmul(image_BCHW.to(.float32)).matmul(columns_WO).to(dtype)
  }

  /// Resizes once.
  /// - Parameters:
  ///   - image_BCHW: Any float type and device.
  ///   - factor: New size over old, above 0.
  ///   - antialias: Whether the kernel is stretched when it shrinks.
  /// - Throws: `DegradationError` for sizes or a factor that make no picture; `TorchError` from libtorch.
  public static func resize(_ image_BCHW: Tensor, factor: Double, antialias: Bool = true) throws -> Tensor {
    try MatlabBicubic(
      height: image_BCHW.size(-2), width: image_BCHW.size(-1), factor: factor, antialias: antialias,
      device: image_BCHW.device)(image_BCHW)
  }
}

extension ResampleWeights {
  /// The weights as a dense [count, sourceCount] matrix.
  func matrix(sourceCount: Int) throws -> Tensor {
    var values = [Float](repeating: 0, count: count * sourceCount)
    for index in 0..<count {
      for tap in index * taps..<(index + 1) * taps { values[index * sourceCount + indices[tap]] += Float(weights[tap]) }
    }
    return try Tensor(values, [count, sourceCount])
  }
}
