// PyTorch's own resizes. Which resize is part of a definition is said where it is used: these are not MATLAB's nor PIL's.

private let nearestOperator = Operator("aten::upsample_nearest2d", "vec")
private let bilinearOperator = Operator("aten::upsample_bilinear2d", "vec")
private let bicubicOperator = Operator("aten::upsample_bicubic2d", "vec")
private let bilinearAntialiasedOperator = Operator("aten::_upsample_bilinear2d_aa", "vec")
private let bicubicAntialiasedOperator = Operator("aten::_upsample_bicubic2d_aa", "vec")

/// The way between pixels of PyTorch's `interpolate`.
public enum Interpolation: String, Sendable {
  /// The nearest pixel below.
  case nearest
  /// Half-pixel centres.
  case bilinear
  /// Half-pixel centres; a = -0.75, or -0.5 with antialiasing.
  case bicubic
}

extension Tensor {
  /// Resizes BCHW to a size, with half-pixel centres (`align_corners` false).
  public func resized(height: Int, width: Int, _ mode: Interpolation, antialias: Bool = false) throws(TorchError)
    -> Tensor
  {
    let size = OperatorArgument.ints([height, width])
    switch (mode, antialias) {
    case (.nearest, _): return try nearestOperator(.tensor(self), size, .none)
    case (.bilinear, false): return try bilinearOperator(.tensor(self), size, .bool(false), .none)
    case (.bicubic, false): return try bicubicOperator(.tensor(self), size, .bool(false), .none)
    case (.bilinear, true): return try bilinearAntialiasedOperator(.tensor(self), size, .bool(false), .none)
    case (.bicubic, true): return try bicubicAntialiasedOperator(.tensor(self), size, .bool(false), .none)
    }
  }

  /// Resizes BCHW by a factor; sample positions use the factor itself, not the realised ratio.
  public func resized(factor: Double, _ mode: Interpolation) throws(TorchError) -> Tensor {
    let factors = OperatorArgument.doubles([factor, factor])
    switch mode {
    case .nearest: return try nearestOperator(.tensor(self), .none, factors)
    case .bilinear: return try bilinearOperator(.tensor(self), .none, .bool(false), factors)
    case .bicubic: return try bicubicOperator(.tensor(self), .none, .bool(false), factors)
    }
  }
}
