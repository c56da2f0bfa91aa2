import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Files that are no pictures, or not whole: a clear word each, nothing written, no crash, and the others go on.
struct BadInputTests {
  static func files() throws -> [(name: String, bytes: [UInt8], words: String)] {
    let png = try Samples.picture(64, 48).encoded(as: .png).bytes
    let jpeg = try Samples.picture(64, 48).encoded(as: .jpeg).bytes
    let tiff = try Samples.picture(64, 48).encoded(as: .tiff).bytes
    let webp = try Samples.picture(64, 48).encoded(as: .webp).bytes
    var damaged = png
    for at in stride(from: png.count / 3, to: png.count / 2, by: 7) { damaged[at] ^= 0x5A }
    return [
      ("empty.png", [], "the file is empty. Copy or download it again."),
      (
        "text.png", Array("hello, I am no picture".utf8),
        "it is not a picture of a known kind. Check that it is the right file."
      ),
      ("one.jpg", [0xFF], "it is not a picture of a known kind"),
      ("svg.png", Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8), "which is not read. Convert it to PNG"),
      ("pdf.jpg", Array("%PDF-1.7\n".utf8), "which is not read. Convert it to PNG"),
      ("short.png", Array(png.prefix(png.count / 2)), "Could not read 'in/short.png'"),
      ("short.jpg", Array(jpeg.prefix(jpeg.count / 2)), "Could not read 'in/short.jpg'"),
      ("short.tif", Array(tiff.prefix(tiff.count / 2)), "Could not read 'in/short.tif'"),
      ("short.webp", Array(webp.prefix(webp.count / 2)), "Could not read 'in/short.webp'"),
      ("head.png", Array(png.prefix(20)), "Could not read 'in/head.png'"),
      ("damaged.png", damaged, "Could not read 'in/damaged.png'"),
    ]
  }

  @Test func eachIsNamedAndTheOthersAreFinished() throws {
    let folder = try TemporaryFolder()
    let files = try Self.files()
    for file in files { try folder.write(file.bytes, to: "in/" + file.name) }
    try folder.write(Samples.picture(8, 6).encoded(as: .png).bytes, to: "in/zz.png")
    try FileManager.default.createSymbolicLink(atPath: folder.file("in/gone.png"), withDestinationPath: "nowhere")
    #expect(mkfifo(folder.file("in/pipe.png"), 0o644) == 0)
    let outcome = try Program.run(["restore", "in", "-o", "out", "--steps", "1", "--json"], in: folder.path)
    #expect(outcome.status == 1)
    let failed = outcome.events("failed")
    func error(_ name: String) -> String {
      failed.first { $0["input"] as? String == "in/" + name }?["error"] as? String ?? "not named"
    }
    for file in files { #expect(error(file.name).contains(file.words), "\(file.name): \(error(file.name))") }
    #expect(error("gone.png").contains("there is no such file"))
    #expect(error("pipe.png").contains("it is a device or pipe, not a file. Copy it to a file."))
    #expect(failed.count == files.count + 2)
    #expect(tree(folder.file("out")) == ["zz.png"])
  }

  /// A header that claims more pixels than memory holds: refused before anything is asked for.
  @Test func aHeaderThatClaimsTooMuch() throws {
    var png = try Samples.picture(8, 8).encoded(as: .png).bytes
    // Width and height, big-endian, behind the signature and the head of the first chunk; then its checksum.
    let claim: [UInt8] = [0, 0, 0x9C, 0x40, 0, 0, 0x9C, 0x40]
    png.replaceSubrange(16..<24, with: claim)
    let crc = CRC.of(Array(png[12..<29]))
    png.replaceSubrange(29..<33, with: (0..<4).map { UInt8(crc >> (24 - 8 * UInt32($0)) & 255) })
    let folder = try TemporaryFolder()
    try folder.write(png, to: "in.png")
    let outcome = try Program.run(["restore", "in.png", "-o", "out.png"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("40000x40000 pixels, more than the limit"), "\(outcome.errors)")
    #expect(tree(folder.path) == ["in.png"])
  }

  /// Words of the terminal's own report, in place of the bar.
  @Test func theLineNamesTheFile() throws {
    let folder = try TemporaryFolder()
    try folder.write([], to: "in.png")
    let outcome = try Program.run(["restore", "in.png", "-o", "out.png"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains(
        "\nin.png: failed: Could not read 'in.png': the file is empty. Copy or download it again.\n0 done, 1 failed in "
      ))
  }
}

/// The checksum of PNG chunks (ISO 3309, polynomial 0xEDB88320).
private enum CRC {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
