extension Picture {
  /// Encodes into a file whose kind is told by its extension.
  ///
  /// The file is written under a temporary name beside `path` and renamed when it is whole: a failure leaves nothing
  /// behind, and a file that stood there before as it was. Samples are rounded to nearest. The colours are converted
  /// from sRGB to ``profile``, which is embedded; a picture that came from CMYK is written as sRGB. Metadata is carried
  /// over with the orientation set to upright; where that is not possible the picture is written without, and a warning
  /// says so.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - options: quality, bit depth, provenance.
  /// - Returns: what could not be kept, a sentence each.
  /// - Throws: ``PictureError``: `unknownExtension`, `kindUnavailable`, `tooLargeForKind`, `invalidArgument`,
  ///   `invalidPixels`, `cannotWrite`, `noSpace` or `encodingFailed`.
  @discardableResult
  public func write(path: String, options: EncodingOptions = .init()) throws -> [String] {
    let format = try PictureFormat.output(path: path)
    let writer = PictureWriter(picture: self, format: format, options: options, name: path)
    try writer.check()
    var warnings: [String] = []
    try AtomicFile.write(to: path) { temporary in
      do {
        warnings = try writer.withImage { image in
          try image.save(format, options: writer.saveOptions, path: temporary)
          try check(temporary, format: format)
        }
      } catch let failure as VipsFailure {
        if let reason = AtomicFile.noSpaceText(in: failure.text) { throw AtomicFile.noSpace(path, reason) }
        throw PictureError(
          .encodingFailed, "Could not write '\(path)': the \(format.name) encoder failed (\(failure.text)).")
      }
    }
    return warnings
  }

  /// Encodes into memory; see ``write(path:options:)``.
  ///
  /// - Parameters:
  ///   - format: the kind of file.
  ///   - options: quality, bit depth, provenance.
  /// - Returns: the contents of the file, and what could not be kept.
  /// - Throws: ``PictureError``: `kindUnavailable`, `tooLargeForKind`, `invalidArgument`, `invalidPixels` or
  ///   `encodingFailed`.
  public func encoded(as format: PictureFormat, options: EncodingOptions = .init()) throws
    -> (bytes: [UInt8], warnings: [String])
  {
    let writer = PictureWriter(picture: self, format: format, options: options, name: "a \(format.name) file")
    try writer.check()
    var bytes: [UInt8] = []
    do {
      let warnings = try writer.withImage { bytes = try $0.saved(format, options: writer.saveOptions) }
      return (bytes, warnings)
    } catch let failure as VipsFailure {
      throw PictureError(
        .encodingFailed, "Could not encode the picture: the \(format.name) encoder failed (\(failure.text)).")
    }
  }

  /// Looks at what was written: some codecs do not tell when the last bytes did not reach the disk.
  private func check(_ path: String, format: PictureFormat) throws {
    let file = try InputFile(path: path)
    let written = try VipsImage.load(format.loader, from: VipsSource(descriptor: file.descriptor))
    guard !Truncation.endsEarly(file.contents(), format: format) else {
      throw VipsFailure(text: "the file came out incomplete")
    }
    guard written.width == width, written.height == height else {
      throw VipsFailure(text: "the file came out as \(written.width)x\(written.height) pixels")
    }
  }
}
