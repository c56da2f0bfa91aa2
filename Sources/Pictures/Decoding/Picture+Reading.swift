internal import Foundation

extension Picture {
  /// Decodes a file, whose kind is told by its contents.
  ///
  /// The EXIF orientation is applied, the embedded colour profile is converted to sRGB (perceptual intent), CMYK
  /// becomes RGB, and palettes and 1-bit pictures are expanded. A profile that cannot be used is told in ``warnings``
  /// and sRGB assumed.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - options: limits.
  /// - Throws: ``PictureError``: `missing`, `directory`, `permission`, `unreadable`, `empty`, `unknownKind`,
  ///   `refusedKind`, `kindUnavailable`, `unsupportedSamples`, `truncated`, `damaged` or `tooManyPixels`.
  public static func read(path: String, options: DecodingOptions = .init()) throws -> Picture {
    try withReader(path: path, options: options) { try $0.picture() }
  }

  /// Decodes a file held in memory; see ``read(path:options:)``.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file.
  ///   - name: what messages call it.
  ///   - options: limits.
  /// - Throws: ``PictureError``, as ``read(path:options:)`` does.
  public static func read(bytes: [UInt8], name: String = "memory", options: DecodingOptions = .init()) throws -> Picture
  {
    try withReader(bytes: bytes, name: name, options: options) { try $0.picture() }
  }

  /// Reads only what the file says of itself, which takes no memory to speak of: for plans and checks.
  ///
  /// - Throws: ``PictureError``, as ``read(path:options:)`` does.
  public static func header(path: String, options: DecodingOptions = .init()) throws -> PictureHeader {
    try withReader(path: path, options: options) { $0.header }
  }

  /// As ``header(path:options:)``, for a file held in memory.
  ///
  /// - Throws: ``PictureError``, as ``read(path:options:)`` does.
  public static func header(bytes: [UInt8], name: String = "memory", options: DecodingOptions = .init()) throws
    -> PictureHeader
  {
    try withReader(bytes: bytes, name: name, options: options) { $0.header }
  }

  /// Decodes a file into interleaved 8-bit sRGB with all that ``read(path:options:)`` does, and alpha laid onto white.
  ///
  /// - Throws: ``PictureError``, as ``read(path:options:)`` does.
  public static func decodeRGB8(path: String, options: DecodingOptions = .init()) throws -> RGB8Picture {
    try withReader(path: path, options: options) { try $0.rgb8() }
  }

  /// As ``decodeRGB8(path:options:)``, for a file held in memory.
  ///
  /// - Throws: ``PictureError``, as ``read(path:options:)`` does.
  public static func decodeRGB8(bytes: [UInt8], name: String = "memory", options: DecodingOptions = .init()) throws
    -> RGB8Picture
  {
    try withReader(bytes: bytes, name: name, options: options) { try $0.rgb8() }
  }
}

extension Picture {
  private static func withReader<Result>(
    path: String, options: DecodingOptions, _ body: (PictureReader) throws -> Result
  ) throws -> Result {
    let file = try InputFile(path: path)
    return try translating(name: path, bytes: file.contents) {
      let source = try VipsSource(descriptor: file.descriptor)
      return try PictureReader(source, name: path, options: options, bytes: file.contents)
    } then: {
      try body($0)
    }
  }

  private static func withReader<Result>(
    bytes: [UInt8], name: String, options: DecodingOptions, _ body: (PictureReader) throws -> Result
  ) throws -> Result {
    guard !bytes.isEmpty else {
      throw PictureError(.empty, "Could not read '\(name)': it is empty. Copy or download it again.")
    }
    return try bytes.withUnsafeBytes { buffer in
      try translating(name: name, bytes: { Data(bytes) }) {
        try PictureReader(VipsSource(borrowing: buffer), name: name, options: options, bytes: { Data(bytes) })
      } then: {
        try body($0)
      }
    }
  }

  private static func translating<Result>(
    name: String, bytes: () -> Data, open: () throws -> PictureReader, then body: (PictureReader) throws -> Result
  ) throws -> Result {
    let reader: PictureReader
    do {
      reader = try open()
    } catch let failure as VipsFailure {
      throw PictureError(.unreadable, "Could not read '\(name)': \(failure.text).")
    }
    do {
      return try body(reader)
    } catch let failure as VipsFailure {
      throw PictureReader.error(for: failure, name: name, format: reader.format, bytes: bytes)
    }
  }
}
