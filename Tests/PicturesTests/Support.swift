import Foundation
import Testing

@testable import Pictures

/// A folder of its own for a test, removed with it.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("burnish-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Names in the folder, hidden ones too.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Makes picture files through libvips, apart from the writer under test.
struct Maker {
  var width: Int
  var height: Int
  var bands = 3
  var bits = 8
  var samples: [UInt16]
  var space: SampleSpace?
  var profile: ColourProfile?

  /// Samples from a function of column, row and band.
  init(_ width: Int, _ height: Int, bands: Int = 3, bits: Int = 8, _ sample: (Int, Int, Int) -> Int) {
    (self.width, self.height, self.bands, self.bits) = (width, height, bands, bits)
    samples = (0..<height).flatMap { y in
      (0..<width).flatMap { x in (0..<bands).map { UInt16(truncatingIfNeeded: sample(x, y, $0)) } }
    }
  }

  func image<Result>(_ body: (VipsImage) throws -> Result) throws -> Result {
    try PictureLibrary.start()
    func run(_ raw: UnsafeRawBufferPointer) throws -> Result {
      let plain = try VipsImage.borrowing(raw, width: width, height: height, bands: bands, bits: bits)
      let image = try space.map { try plain.relabelled($0) } ?? plain.copied()
      if let profile { image.set(.profile, to: profile.bytes) }
      return try body(image)
    }
    return bits == 16 ? try samples.withUnsafeBytes(run) : try samples.map { UInt8($0) }.withUnsafeBytes(run)
  }

  func encoded(_ format: PictureFormat, quality: Int = 100, _ dress: (VipsImage) -> Void = { _ in }) throws -> [UInt8] {
    try image { image in
      dress(image)
      return try image.saved(
        format, options: SaveOptions(quality: quality, isLossless: true))
    }
  }
}

/// The error that a closure throws.
func error(of body: () throws -> Void) -> PictureError? {
  do {
    try body()
    return nil
  } catch { return error as? PictureError }
}

/// The largest difference between two lists, infinite when their lengths differ.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

extension Picture {
  /// The samples of one place.
  func pixel(_ x: Int, _ y: Int) -> [Float] { (0..<3).map { colour[($0 * height + y) * width + x] } }
}

/// The stored samples of a file, before orientation and colour conversion.
func stored(_ bytes: [UInt8], _ format: PictureFormat) throws -> (image: VipsImage, bands: Int) {
  try bytes.withUnsafeBytes { buffer in
    let image = try VipsImage.load(format.loader, from: VipsSource(borrowing: buffer)).copiedToMemory()
    return (image, image.bands)
  }
}

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
