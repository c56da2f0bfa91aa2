internal import CVips

/// Bytes that a picture is read from: an open file or borrowed memory.
final class VipsSource {
  let handle: OpaquePointer

  /// Reads from an open file; the descriptor is duplicated.
  init(descriptor: Int32) throws {
    try PictureLibrary.start()
    guard let handle = bv_source_from_descriptor(descriptor) else { throw VipsFailure(text: takeVipsError()) }
    self.handle = handle
  }

  /// Reads from memory, which must outlive every image that descends from this source.
  init(borrowing bytes: UnsafeRawBufferPointer) throws {
    try PictureLibrary.start()
    guard let handle = bv_source_from_memory(bytes.baseAddress, bytes.count) else {
      throw VipsFailure(text: takeVipsError())
    }
    self.handle = handle
  }

  deinit { bv_source_unref(handle) }

  /// The first bytes, without moving the position.
  func sniff(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.update(repeating: 0)
      initialized = bv_source_sniff(handle, buffer.baseAddress, count)
    }
  }
}
