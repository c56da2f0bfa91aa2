internal import CVips

/// A counted reference to a lazy image of libvips; operations return new ones.
final class VipsImage {
  let handle: OpaquePointer

  private init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { bv_image_unref(handle) }

  /// Runs a wrapper that hands a new image out.
  static func made(by body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) throws -> VipsImage {
    var out: OpaquePointer?
    let status = body(&out)
    guard status == 0, let handle = out else { throw VipsFailure(text: takeVipsError()) }
    return VipsImage(owning: handle)
  }

  static func load(_ loader: String, from source: VipsSource) throws -> VipsImage {
    try made { bv_load(loader, source.handle, $0) }
  }

  /// An image over interleaved 8-bit samples that must outlive it.
  static func borrowing(_ samples: UnsafeRawBufferPointer, width: Int, height: Int, bands: Int, bits: Int) throws
    -> VipsImage
  {
    try made { bv_from_memory(samples.baseAddress, Int32(width), Int32(height), Int32(bands), Int32(bits), $0) }
  }

  var width: Int { Int(bv_width(handle)) }
  var height: Int { Int(bv_height(handle)) }
  var bands: Int { Int(bv_bands(handle)) }
  var format: SampleFormat { SampleFormat(rawValue: Int(bv_format(handle))) ?? .other }
  var space: SampleSpace { SampleSpace(rawValue: Int(bv_space(handle))) ?? .other }
  var hasAlpha: Bool { bv_has_alpha(handle) != 0 }

  /// The EXIF orientation, 1...8.
  var orientation: Int { Int(bv_orientation(handle)) }

  func copiedToMemory() throws -> VipsImage { try .made { bv_copy_memory(handle, $0) } }
  func turnedUpright() throws -> VipsImage { try .made { bv_autorot(handle, $0) } }
  func extracting(_ first: Int, count: Int) throws -> VipsImage {
    try .made { bv_extract(handle, Int32(first), Int32(count), $0) }
  }
  func joined(with other: VipsImage) throws -> VipsImage { try .made { bv_join(handle, other.handle, $0) } }
  func scaled(by scale: Double, to format: SampleFormat) throws -> VipsImage {
    try .made { bv_linear_cast(handle, scale, format == .float ? 0 : 0.5, Int32(format.rawValue), $0) }
  }
  func relabelled(_ space: SampleSpace) throws -> VipsImage {
    try .made { bv_relabel(handle, Int32(space.rawValue), $0) }
  }

  /// Converts to sRGB from a space that needs no profile.
  func convertedToSRGB(bits: Int) throws -> VipsImage { try .made { bv_to_srgb(handle, Int32(bits), $0) } }

  /// Converts from one profile to another, each the path of a file or the name of a built-in one.
  func converted(from: String, to: String, bits: Int) throws -> VipsImage {
    try .made { bv_icc(handle, from, to, Int32(bits), $0) }
  }

  /// A copy whose metadata may be changed.
  func copied() throws -> VipsImage { try .made { bv_copy(handle, $0) } }
}

/// The sample formats that are told apart; raw values as in `CVips.h`.
enum SampleFormat: Int {
  case other, uint8, uint16, uint32, float
}

/// The meanings of colour channels that are told apart; raw values as in `CVips.h`.
enum SampleSpace: Int {
  case other, grey, rgb, linearRGB, cmyk
}
