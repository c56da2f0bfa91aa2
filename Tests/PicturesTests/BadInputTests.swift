import Foundation
import Testing

@testable import Pictures

@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let bytes: [UInt8]
    let code: PictureError.Code
    let words: String
    var testDescription: String { id }

    init(_ id: String, _ bytes: [UInt8], _ code: PictureError.Code, _ words: String) {
      (self.id, self.bytes, self.code, self.words) = (id, bytes, code, words)
    }
  }

  static let cases: [Case] = [
    Case("empty", [], .empty, "empty"),
    Case("text", Array("hello, this is a letter".utf8), .unknownKind, "not a picture of a known kind"),
    Case("one byte", [0xFF], .unknownKind, "not a picture of a known kind"),
    Case("zeros", [UInt8](repeating: 0, count: 4000), .unknownKind, "not a picture of a known kind"),
    Case(
      "svg", Array("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8), .refusedKind, "is SVG,"
    ),
    Case("pdf", Array("%PDF-1.7\n".utf8), .refusedKind, "is PDF,"),
    Case("psd", Array("8BPS\0\u{1}".utf8), .refusedKind, "is Photoshop PSD,"),
    Case("pnm", Array("P6\n1 1\n255\nabc".utf8), .refusedKind, "is Portable AnyMap,"),
    Case("jxl", [0xFF, 0x0A, 0xFA], .refusedKind, "is JPEG XL,"),
    Case("exr", [0x76, 0x2F, 0x31, 0x01, 2, 0, 0, 0], .refusedKind, "is OpenEXR,"),
    Case("html", Array("<!DOCTYPE html><title>404</title>".utf8), .refusedKind, "is HTML page,"),
    Case("mp4", [0, 0, 0, 20] + Array("ftypisom".utf8) + [0, 0, 2, 0] + Array("isom".utf8), .refusedKind, "video"),
    Case(
      "dng", [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0xC6, 1, 0, 4, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0], .refusedKind,
      "is DNG camera raw,"),
    Case("cr2", [0x49, 0x49, 42, 0, 16, 0, 0, 0, 0x43, 0x52, 2, 0], .refusedKind, "is Canon raw (CR2),"),
    Case("bare jpeg start", [0xFF, 0xD8, 0xFF], .truncated, "truncated"),
    Case("bare png start", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .truncated, "truncated"),
    Case(
      "bomb", PNGBytes.file(width: 100_000, height: 100_000, bits: 8, type: 2, rows: [[0]]), .tooManyPixels,
      "claims 100000x100000 pixels, more than the limit of 500000000"),
    Case("damaged png", damagedPNG, .damaged, "damaged"),
  ]

  /// A complete PNG whose pixel data is no zlib stream.
  static let damagedPNG: [UInt8] = {
    var bytes = PNGBytes.file(width: 4, height: 1, bits: 8, type: 0, rows: [[1, 2, 3, 4]])
    let at = bytes.firstRange(of: Array("IDAT".utf8))?.lowerBound ?? 0
    let data = PNGBytes.chunk("IDAT", [UInt8](repeating: 0xEE, count: 30))
    bytes.replaceSubrange((at - 4)..<(bytes.count - 12), with: data)
    return bytes
  }()

  @Test(arguments: cases) func isToldByCodeAndWords(_ item: Case) throws {
    let scratch = try Scratch()
    let path = try scratch.write(item.bytes, to: "input.png")
    for found in [
      error { _ = try Picture.read(path: path) }, error { _ = try Picture.read(bytes: item.bytes, name: path) },
      error { _ = try Picture.decodeRGB8(path: path) },
    ] {
      #expect(found?.code == item.code, "\(String(describing: found))")
      #expect(found?.message.contains(item.words) == true, "\(found?.message ?? "")")
      #expect(found?.message.contains(path) == true)
    }
  }

  @Test(arguments: [PictureFormat.jpeg, .png, .webp, .tiff, .heic, .avif]) func truncatedFiles(format: PictureFormat)
    throws
  {
    guard format.canWrite else { return }
    let whole = try Maker(200, 160) { x, y, band in (x * 37 + y * 91 + x * y * (band + 1)) % 256 }.encoded(format)
    for part in [0.3, 0.6, 0.9] {
      let bytes = Array(whole.prefix(Int(Double(whole.count) * part)))
      let found = error { _ = try Picture.read(bytes: bytes, name: "cut") }
      #expect(found?.code == .truncated, "\(part): \(found?.message ?? "no error")")
      #expect(found?.message.contains("truncated") == true)
    }
  }

  @Test func damageIsNotTakenForTruncation() throws {
    // The strips of a whole TIFF overwritten: nothing is missing, but zlib cannot make sense of it.
    var bytes = try Maker(64, 64) { x, y, band in (x * 37 + y * 91 + x * y * (band + 1)) % 256 }.encoded(.tiff)
    for at in 100..<bytes.count / 2 { bytes[at] = 0xEE }
    #expect(error { _ = try Picture.read(bytes: bytes) }?.code == .damaged)
  }

  @Test func pixelLimitCanBeSet() throws {
    let bytes = try Maker(20, 10) { _, _, _ in 9 }.encoded(.png)
    #expect(error { _ = try Picture.read(bytes: bytes, options: .init(pixelLimit: 199)) }?.code == .tooManyPixels)
    #expect(error { _ = try Picture.header(bytes: bytes, options: .init(pixelLimit: 199)) }?.code == .tooManyPixels)
    #expect(try Picture.read(bytes: bytes, options: .init(pixelLimit: 200)).width == 20)
  }

  @Test func placesThatAreNoFile() throws {
    let scratch = try Scratch()
    let missing = error { _ = try Picture.read(path: scratch.file("none.png")) }
    #expect(missing?.code == .missing)
    #expect(missing?.message.contains("there is no such file") == true)
    let folder = error { _ = try Picture.read(path: scratch.path) }
    #expect(folder?.code == .directory)
    #expect(folder?.message.contains("it is a folder") == true)
    let device = error { _ = try Picture.read(path: "/dev/null") }
    #expect(device?.code == .unreadable)
    #expect(device?.message.contains("device or pipe") == true)
  }

  @Test func damageIsToldEveryTime() async throws {
    // The sinks of libvips 8.14 returned a black picture once in a hundred times; more often on a busy machine.
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<250).allSatisfy { _ in error { _ = try Picture.read(bytes: Self.damagedPNG) }?.code == .damaged }
        }
      }
      for try await isTold in group { #expect(isTold) }
    }
  }

  @Test func damagedBytesNeverCrash() throws {
    // Every kind with bytes changed at many places: an error or a picture, nothing else.
    for format in [PictureFormat.jpeg, .png, .webp, .tiff] {
      let whole = try Maker(24, 24, bands: 3) { x, y, band in (x * 11 + y * 7 + band * 50) % 256 }.encoded(format)
      var state: UInt64 = 42
      for _ in 0..<60 {
        var bytes = whole
        for _ in 0..<4 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
        }
        do {
          let picture = try Picture.read(bytes: bytes, options: .init(pixelLimit: 10_000_000))
          #expect(picture.colour.count == 3 * picture.width * picture.height)
          #expect(picture.colour.allSatisfy { $0 >= 0 && $0 <= 1 })
        } catch {
          #expect(error is PictureError, "\(format): \(error)")
        }
      }
    }
  }

  @Test func wrongSizesAreRefused() {
    let cases: [(Int, Int, Int, Int?, Int)] = [
      (0, 1, 0, nil, 8), (2, 2, 11, nil, 8), (2, 2, 12, 3, 8), (1, 1, 3, nil, 12), (Int.max, 2, 3, nil, 8),
    ]
    for (width, height, count, alpha, bits) in cases {
      let found = error {
        _ = try Picture(
          width: width, height: height, colour: [Float](repeating: 0, count: count),
          alpha: alpha.map { [Float](repeating: 0, count: $0) }, bitDepth: bits)
      }
      #expect(found?.code == .invalidArgument)
    }
  }
}
