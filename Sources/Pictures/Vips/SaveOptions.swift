internal import CVips

/// What the savers of libvips are told; each kind reads its own fields.
struct SaveOptions {
  /// 1...100, for the lossy kinds.
  var quality = 95
  /// WebP.
  var isLossless = false
  /// 0...9, PNG.
  var compression = 6
  /// TIFF with 64-bit offsets.
  var isBig = false
  /// JPEG without metadata.
  var strips = false

  var c: bv_save_options {
    bv_save_options(
      quality: Int32(quality), lossless: isLossless ? 1 : 0, compression: Int32(compression), bigtiff: isBig ? 1 : 0,
      bits: 8, strip: strips ? 1 : 0)
  }
}
