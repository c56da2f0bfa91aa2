/// A numpy `dtype`.
struct NumpyType {
  /// The kind and size: `f4`.
  let code: String
  /// False once the pickle says that numbers are big-endian.
  var isLittleEndian = true

  /// The same type of tensors; nil for objects, texts, structures, and numbers in the wrong order.
  var torchType: TorchType? {
    guard isLittleEndian else { return nil }
    return switch code {
    case "f8": .float64
    case "f4": .float32
    case "f2": .float16
    case "i8": .int64
    case "i4": .int32
    case "i2": .int16
    case "i1": .int8
    case "u1": .uint8
    case "u2": .uint16
    case "u4": .uint32
    case "u8": .uint64
    case "b1": .bool
    case "c8": .complex64
    case "c16": .complex128
    default: nil
    }
  }
}

/// A numpy array, whose elements stand in the pickle itself.
struct NumpyArray {
  /// Elements in row-major order; strides tell those of Fortran's order.
  struct Contents {
    let type: TorchType
    let shape: [Int]
    let strides: [Int]
    let bytes: PickleBytes
  }

  /// nil until its state was given, and for arrays of types that tensors do not have.
  var contents: Contents?
}
