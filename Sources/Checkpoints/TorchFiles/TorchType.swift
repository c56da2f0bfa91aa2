/// The element types of PyTorch's files, by the names that PyTorch gives them.
enum TorchType: String, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8, uint8, bool
  case uint16, uint32, uint64
  case complex32, complex64, complex128
  case float8_e4m3fn, float8_e5m2

  /// Bytes of one element.
  var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool, .float8_e4m3fn, .float8_e5m2: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32, .complex32: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    }
  }

  /// The class of a storage of such elements; nil for newer types, whose storages have no class of their own.
  var storageName: String? {
    switch self {
    case .float64: "DoubleStorage"
    case .float32: "FloatStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .int64: "LongStorage"
    case .int32: "IntStorage"
    case .int16: "ShortStorage"
    case .int8: "CharStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    case .complex64: "ComplexFloatStorage"
    case .complex128: "ComplexDoubleStorage"
    case .uint16, .uint32, .uint64, .complex32, .float8_e4m3fn, .float8_e5m2: nil
    }
  }

  /// The same type in safetensors files; nil where they have none.
  var safetensorsType: SafetensorsType? {
    switch self {
    case .float64: .f64
    case .float32: .f32
    case .float16: .f16
    case .bfloat16: .bf16
    case .int64: .i64
    case .int32: .i32
    case .int16: .i16
    case .int8: .i8
    case .uint8: .u8
    case .bool: .bool
    case .uint16: .u16
    case .uint32: .u32
    case .uint64: .u64
    case .complex64: .c64
    case .float8_e4m3fn: .f8e4m3
    case .float8_e5m2: .f8e5m2
    case .complex32, .complex128: nil
    }
  }

  /// The name that checkpoints of all formats share (`F32`), PyTorch's own where there is none.
  var typeName: String { safetensorsType?.rawValue ?? rawValue }
}
