/// A picture of one pixel that carries an EXIF block, which makes libvips parse the block into fields.
enum EXIFCarrier {
  /// - Parameter exif: a TIFF structure of at most 65,527 bytes.
  /// - Throws: `VipsFailure` when the block breaks the load.
  static func image(for exif: [UInt8]) throws -> VipsImage {
    let jpeg = try bare()
    let length = exif.count + PictureMetadata.exifPrefix.count + 2
    // APP1 right behind the start of image (EXIF 2.32, section 4.7.2).
    let segment: [UInt8] =
      [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + PictureMetadata.exifPrefix + exif
    let carrying = jpeg.prefix(2) + segment + jpeg.dropFirst(2)
    // A copy in memory, because the fields outlive the bytes.
    return try Array(carrying).withUnsafeBytes { buffer in
      try VipsImage.load(PictureFormat.jpeg.loader, from: VipsSource(borrowing: buffer)).copiedToMemory()
    }
  }

  private static func bare() throws -> [UInt8] {
    try [UInt8](repeating: 255, count: 3).withUnsafeBytes { pixel in
      try VipsImage.borrowing(pixel, width: 1, height: 1, bands: 3, bits: 8)
        .saved(.jpeg, options: SaveOptions(strips: true))
    }
  }
}
