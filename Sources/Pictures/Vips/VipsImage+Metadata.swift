internal import CVips

extension VipsImage {
  /// Names of the metadata blobs.
  enum Blob: String {
    case exif = "exif-data"
    case xmp = "xmp-data"
    case iptc = "iptc-data"
    case profile = "icc-profile-data"
  }

  func blob(_ name: Blob) -> [UInt8]? {
    var bytes: UnsafeRawPointer?
    var count = 0
    guard bv_blob(handle, name.rawValue, &bytes, &count) == 0, let bytes, count > 0 else { return nil }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }

  func set(_ name: Blob, to bytes: [UInt8]) {
    bytes.withUnsafeBytes { bv_set_blob(handle, name.rawValue, $0.baseAddress, $0.count) }
  }

  func remove(_ field: String) { bv_remove(handle, field) }

  func string(_ field: String) -> String? {
    guard let text = bv_string(handle, field) else { return nil }
    defer { bv_free(text) }
    return String(cString: text)
  }

  func int(_ field: String) -> Int? {
    let value = bv_int(handle, field, Int32.min)
    return value == Int32.min ? nil : Int(value)
  }

  func set(_ field: String, to value: String) { bv_set_string(handle, field, value) }
  func set(_ field: String, to value: Int) { bv_set_int(handle, field, Int32(clamping: value)) }

  /// Pixels a millimetre.
  var density: PictureMetadata.Density {
    get {
      var x = 0.0
      var y = 0.0
      bv_resolution(handle, &x, &y)
      return .init(x: x, y: y)
    }
    set { bv_set_resolution(handle, newValue.x, newValue.y) }
  }

  /// Copies the fields whose names begin with `prefix` from another image, and returns how many there were.
  @discardableResult
  func copyFields(withPrefix prefix: String, from other: VipsImage) -> Int {
    Int(bv_copy_fields(other.handle, handle, prefix))
  }
}
