/// Files of the safetensors layout put together by hand, sound or not.
enum SafetensorsBytes {
  /// A file with this header text and a buffer of bytes 0, 1, 2, ….
  /// - Parameters:
  ///   - header: The JSON text.
  ///   - buffer: Bytes after the header.
  ///   - length: What the file says the header's length is; nil is the truth.
  static func file(_ header: String, buffer: Int = 0, length: UInt64? = nil) -> [UInt8] {
    file(Array(header.utf8), buffer: (0..<buffer).map { UInt8(truncatingIfNeeded: $0) }, length: length)
  }

  /// A file with these header bytes and this buffer.
  static func file(_ header: [UInt8], buffer: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) } + header + buffer
  }

  /// One tensor's line in a header.
  static func line(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  /// A file with one tensor `x`.
  static func one(_ type: String, _ shape: String, _ offsets: String, buffer: Int = 8) -> [UInt8] {
    file("{" + line("x", type, shape, offsets) + "}", buffer: buffer)
  }
}
