internal import CVips

/// An ICC colour profile, carried from the source to the output.
public struct ColourProfile: Sendable, Hashable {
  /// The channels that a profile describes.
  public enum Space: Sendable, Hashable {
    /// Red, green, blue.
    case rgb
    /// One channel.
    case grey
    /// Inks.
    case cmyk
    /// Something else, or no valid profile.
    case other
  }

  /// The profile as it stands in the file.
  public let bytes: [UInt8]

  /// Makes a profile from the contents of an `.icc` file; it is checked when it is used.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// The channels, told by the header (ICC.1, bytes 16...19).
  public var space: Space {
    guard bytes.count >= 128 else { return .other }
    switch String(decoding: bytes[16..<20], as: UTF8.self) {
    case "RGB ": return .rgb
    case "GRAY": return .grey
    case "CMYK": return .cmyk
    default: return .other
    }
  }

  /// Why the structure cannot be a profile of its space; nil when it can.
  ///
  /// libvips falls back to sRGB, saying nothing, where a profile does not open.
  var structuralFault: String? {
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard bytes.count >= 132, bytes[36..<40].elementsEqual("acsp".utf8) else { return "it is no ICC profile" }
    guard number(0) <= bytes.count else { return "it is cut short" }
    let count = number(128)
    guard count <= 1000, 132 + 12 * count <= bytes.count else { return "its table of tags is damaged" }
    var names: Set<String> = []
    for at in (0..<count).map({ 132 + 12 * $0 }) {
      guard number(at + 4) + number(at + 8) <= bytes.count else { return "its tags lie outside of it" }
      names.insert(String(decoding: bytes[at..<at + 4], as: UTF8.self))
    }
    // The tags of ICC.1:2010, section 8.3: a table, or curves (and for colour a matrix).
    if names.contains("A2B0") { return nil }
    let needed: Set<String> =
      switch space {
      case .rgb: ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]
      case .grey: ["kTRC"]
      default: ["A2B0"]
      }
    return needed.isSubset(of: names) ? nil : "it lacks the tag \(needed.subtracting(names).sorted()[0])"
  }

  /// A profile that libvips carries.
  ///
  /// - Parameter name: `srgb`, `p3` (Display P3) or `cmyk` (a generic press).
  /// - Throws: ``PictureError`` with `invalidArgument` when there is none of that name.
  public static func builtIn(_ name: String) throws -> ColourProfile {
    try PictureLibrary.start()
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    guard bv_builtin_profile(name, &bytes, &count) == 0, let bytes else {
      throw PictureError(
        .invalidArgument,
        "Could not find a built-in colour profile '\(name)': \(takeVipsError()). Use srgb, p3 or cmyk.")
    }
    defer { bv_free(bytes) }
    return ColourProfile(bytes: [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
  }
}
