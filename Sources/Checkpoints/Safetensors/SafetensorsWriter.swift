public import Torch

/// Writes safetensors files that PyTorch, and everything built on it, reads.
public enum SafetensorsWriter {
  /// Writes tensors to a file, which appears complete or not at all; a former file is replaced.
  ///
  /// Elements go out row-major and little-endian, tensor by tensor: no second copy of the whole is made. Larger types
  /// come first and the header is padded to 8 bytes, so that every tensor can be read where it lies.
  /// - Parameters:
  ///   - tensors: By name. Any device; views are made contiguous on the way.
  ///   - metadata: Free text. `format` = `pt`, which some readers insist on, is added unless given.
  ///   - path: The file's name; its folder must exist.
  /// - Throws: `CheckpointError` when the file cannot be written, a name is not allowed, or a tensor cannot be read.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
  ) throws(CheckpointError) {
    try write(
      tensors.mapValues { SafetensorsLayout(dtype: $0.dtype, shape: $0.shape) }, metadata: metadata, to: path
    ) { name in
      guard let tensor = tensors[name] else { throw CheckpointError(.mismatch, "there is no tensor \(name.quoted)") }
      return tensor
    }
  }

  /// Writes tensors that are made one at a time, so that a file may be larger than memory.
  /// - Parameters:
  ///   - layout: Every tensor's type and sizes, by name.
  ///   - metadata: Free text. `format` = `pt`, which some readers insist on, is added unless given.
  ///   - path: The file's name; its folder must exist.
  ///   - make: Answers the tensor of a name, once for each, in the order of the file.
  /// - Throws: `CheckpointError` when the file cannot be written, a name is not allowed, or a tensor cannot be made, cannot
  ///   be read or is not as the layout says.
  public static func write(
    _ layout: [String: SafetensorsLayout], metadata: [String: String] = [:], to path: String,
    making make: (String) throws -> Tensor
  ) throws(CheckpointError) {
    guard layout["__metadata__"] == nil else {
      throw CheckpointError(
        .unwritable,
        "Could not write \(path.quoted): no tensor can have the name '__metadata__', which the format keeps for itself."
      )
    }
    let ordered = layout.map { Item(name: $0.key, dtype: $0.value.dtype, shape: $0.value.shape) }
      .sorted { ($1.dtype.byteCount, $0.name) < ($0.dtype.byteCount, $1.name) }
    let header = header(ordered, metadata: metadata.merging(["format": "pt"]) { given, _ in given })
    guard header.count - 8 <= SafetensorsHeader.greatestLength else {
      throw CheckpointError(
        .unwritable,
        "Could not write \(path.quoted): its header would have \(header.count - 8) bytes, over the limit of 100 MB.")
    }
    let file = try AtomicFile(path: path)
    try header.withUnsafeBytes { bytes in Result { () throws(CheckpointError) in try file.write(bytes) } }.get()
    for item in ordered { try write(item, try made(item, make, path: path), to: file, path: path) }
    try file.commit()
  }

  private struct Item {
    let name: String
    let dtype: DType
    let shape: [Int]

    var byteCount: Int { shape.reduce(dtype.byteCount, *) }
  }

  private static func made(
    _ item: Item, _ make: (String) throws -> Tensor, path: String
  ) throws(CheckpointError) -> Tensor {
    let tensor: Tensor
    do {
      tensor = try make(item.name)
    } catch {
      throw CheckpointError(.torch, "Could not write tensor \(item.name.quoted) to \(path.quoted): \(error).")
    }
    guard tensor.dtype == item.dtype, tensor.shape == item.shape else {
      throw CheckpointError(
        .mismatch,
        "Could not write tensor \(item.name.quoted) to \(path.quoted): it is \(tensor.dtype) \(tensor.shape) "
          + "where the layout says \(item.dtype) \(item.shape).")
    }
    return tensor
  }

  private static func write(
    _ item: Item, _ tensor: Tensor, to file: borrowing AtomicFile, path: String
  ) throws(CheckpointError) {
    let expected = item.byteCount
    let outcome: Result<Void, CheckpointError>
    do {
      outcome = try tensor.detached().withBytes { bytes in
        guard bytes.count == expected else {
          return .failure(
            CheckpointError(.torch, "Could not write tensor \(item.name.quoted) to \(path.quoted): it has no memory."))
        }
        return Result { () throws(CheckpointError) in try file.write(bytes) }
      }
    } catch {
      throw CheckpointError(.torch, "Could not write tensor \(item.name.quoted) to \(path.quoted): \(error.message).")
    }
    try outcome.get()
  }

  /// The length and the JSON text, padded with spaces.
  private static func header(_ items: [Item], metadata: [String: String]) -> [UInt8] {
    let lines = metadata.sorted { $0.key < $1.key }.map { "\(quote($0.key)):\(quote($0.value))" }
    var text = "{\"__metadata__\":{\(lines.joined(separator: ","))}"
    var offset = 0
    for item in items {
      let end = offset + item.byteCount
      let shape = item.shape.map { String($0) }.joined(separator: ",")
      let type = SafetensorsType(item.dtype).rawValue
      text += ",\(quote(item.name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    text += "}"
    var body = Array(text.utf8)
    body += Array(repeating: UInt8(ascii: " "), count: (8 - body.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(body.count).littleEndian) { Array($0) } + body
  }

  /// A JSON string.
  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
