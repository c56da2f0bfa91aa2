/// The sample values that stand for full intensity.
struct SampleRange {
  /// Of the colour channels.
  var white: Double
  /// Of the alpha channel.
  var alphaWhite: Double

  static func of(_ format: SampleFormat) -> Double { format == .uint16 ? 65_535 : 255 }
}
