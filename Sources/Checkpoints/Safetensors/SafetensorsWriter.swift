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
    guard tensors["__metadata__"] == nil else {
      throw CheckpointError(
        .unwritable,
        "Could not write \(path.quoted): no tensor can have the name '__metadata__', which the format keeps for itself."
      )
    }
    let ordered = tensors.map { Item(name: $0.key, tensor: $0.value, dtype: $0.value.dtype, shape: $0.value.shape) }
      .sorted { ($1.dtype.byteCount, $0.name) < ($0.dtype.byteCount, $1.name) }
    let header = header(ordered, metadata: metadata.merging(["format": "pt"]) { given, _ in given })
    guard header.count - 8 <= SafetensorsHeader.greatestLength else {
      throw CheckpointError(
        .unwritable,
        "Could not write \(path.quoted): its header would have \(header.count - 8) bytes, over the limit of 100 MB.")
    }
    let file = try AtomicFile(path: path)
    try header.withUnsafeBytes { bytes in Result { () throws(CheckpointError) in try file.write(bytes) } }.get()
    for item in ordered { try write(item, to: file, path: path) }
    try file.commit()
  }

  private struct Item {
    let name: String
    let tensor: Tensor
    let dtype: DType
    let shape: [Int]

    var byteCount: Int { shape.reduce(dtype.byteCount, *) }
  }

  private static func write(_ item: Item, to file: borrowing AtomicFile, path: String) throws(CheckpointError) {
    let expected = item.byteCount
    let outcome: Result<Void, CheckpointError>
    do {
      outcome = try item.tensor.detached().withBytes { bytes in
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
