internal import Torch

extension SafetensorsType {
  /// The type of a tensor of these elements; nil where Burnish computes with no such type.
  var dtype: DType? {
    switch self {
    case .bool: .bool
    case .u8: .uint8
    case .i8: .int8
    case .i16: .int16
    case .i32: .int32
    case .i64: .int64
    case .f16: .float16
    case .bf16: .bfloat16
    case .f32: .float32
    case .f64: .float64
    case .u16, .u32, .u64, .c64, .f8e5m2, .f8e4m3, .f8e8m0, .f6e2m3, .f6e3m2, .f4: nil
    }
  }

  /// The name under which tensors of a type are written.
  init(_ dtype: DType) {
    self =
      switch dtype {
      case .bool: .bool
      case .uint8: .u8
      case .int8: .i8
      case .int16: .i16
      case .int32: .i32
      case .int64: .i64
      case .float16: .f16
      case .bfloat16: .bf16
      case .float32: .f32
      case .float64: .f64
      }
  }
}
