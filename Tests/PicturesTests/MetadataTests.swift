import Foundation
import Testing

@testable import Pictures

@Suite struct MetadataTests {
  static let xmp = """
    <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">\
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6">\
    <dc:creator><rdf:Seq><rdf:li>A. Photographer</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF>\
    </x:xmpmeta><?xpacket end="w"?>
    """

  /// One record: caption (2:120) "Test".
  static let iptc: [UInt8] = [0x1C, 2, 120, 0, 4, 0x54, 0x65, 0x73, 0x74]

  static func source() throws -> Picture {
    let bytes = try Maker(32, 16) { x, y, band in x * 4 + y * 4 + band }.encoded(.jpeg) { image in
      image.set("orientation", to: 6)
      image.set("exif-ifd0-Make", to: "Burnish Camera Works")
      image.set("exif-ifd0-Software", to: "firmware 1")
      image.set("exif-ifd2-ExposureTime", to: "1/125")
      image.set("exif-ifd2-DateTimeOriginal", to: "1987:06:05 04:03:02")
      image.set(.xmp, to: Array(xmp.utf8))
      image.set(.iptc, to: IPTCBlock.wrapped(iptc))
      image.density = .init(x: 12, y: 12)
    }
    return try Picture.read(bytes: bytes)
  }

  @Test func isRead() throws {
    let metadata = try Self.source().metadata
    #expect(metadata.exif?.starts(with: [0x49, 0x49]) == true || metadata.exif?.starts(with: [0x4D, 0x4D]) == true)
    #expect(metadata.xmp == Array(Self.xmp.utf8))
    #expect(metadata.iptc == Self.iptc)
    #expect(abs(metadata.density.x - 12) < 0.01)
  }

  @Test(arguments: [PictureFormat.jpeg, .png, .webp, .tiff, .heic, .avif]) func isCarried(format: PictureFormat) throws
  {
    guard format.canWrite else { return }
    let source = try Self.source()
    let enlarged = try source.replacingPixels(
      width: 64, height: 128, colour: [Float](repeating: 0.5, count: 3 * 64 * 128))
    let (bytes, warnings) = try enlarged.encoded(as: format)
    let image = try stored(bytes, format).image
    #expect(image.orientation == 1)
    #expect(try Picture.header(bytes: bytes).width == 64)
    let xmp = String(decoding: image.blob(.xmp) ?? [], as: UTF8.self)
    #expect(xmp.contains("A. Photographer"))
    #expect(xmp.contains("tiff:Orientation=\"1\""))
    if format == .tiff {
      #expect(warnings.count == 2)
      #expect(warnings.first?.contains("EXIF cannot be written into TIFF") == true)
      return
    }
    #expect(
      warnings
        == (format == .jpeg
          ? [] : ["IPTC metadata is written into JPEG alone; it was left out of this \(format.name) file."]))
    #expect(image.string("exif-ifd0-Make")?.hasPrefix("Burnish Camera Works") == true)
    #expect(image.string("exif-ifd2-ExposureTime")?.hasPrefix("1/125") == true)
    #expect(image.string("exif-ifd2-DateTimeOriginal")?.hasPrefix("1987:06:05 04:03:02") == true)
    if let stale = image.string("exif-ifd0-Orientation") { #expect(stale.hasPrefix("1 ")) }
    #expect(image.string("exif-ifd2-PixelXDimension")?.hasPrefix("64 ") == true)
    #expect(image.string("exif-ifd2-PixelYDimension")?.hasPrefix("128 ") == true)
  }

  @Test func iptcAndDensityAreCarried() throws {
    for format in [PictureFormat.jpeg, .tiff] {
      let again = try Picture.read(bytes: Self.source().encoded(as: format).bytes)
      if format == .jpeg { #expect(again.metadata.iptc == Self.iptc) }
      #expect(abs(again.metadata.density.x - 12) < 0.01, "\(format)")
    }
  }

  @Test func canBeLeftOut() throws {
    let bytes = try Self.source().encoded(as: .jpeg, options: .init(keepsMetadata: false)).bytes
    let image = try stored(bytes, .jpeg).image
    #expect(image.blob(.xmp) == nil && image.blob(.iptc) == nil)
    #expect(image.string("exif-ifd0-Make") == nil)
  }

  @Test func damagedMetadataDoesNotStopTheJob() throws {
    let plain = [Float](repeating: 0.25, count: 3 * 64)
    let cases: [(PictureMetadata, String)] = [
      (.init(exif: Array("nonsense".utf8)), "EXIF metadata is damaged"), (.init(exif: []), "EXIF metadata is damaged"),
      (.init(exif: [0x49, 0x49, 42, 0, 255, 255, 255, 255]), "EXIF metadata is damaged"),
      (.init(exif: [UInt8](repeating: 7, count: 70_000)), "too long"),
      (.init(xmp: [UInt8](repeating: 65, count: 70_000)), "too long for JPEG"),
    ]
    for (metadata, words) in cases {
      let picture = try Picture(width: 8, height: 8, colour: plain, metadata: metadata)
      let (bytes, warnings) = try picture.encoded(as: .jpeg)
      #expect(warnings.count == 1 && warnings[0].contains(words), "\(warnings)")
      #expect(distance(try Picture.read(bytes: bytes).colour, plain) < 0.02)
    }
    let unreadable = try Picture(width: 8, height: 8, colour: plain, metadata: .init(xmp: [0xFF, 0xFE, 0x00]))
    let (_, warnings) = try unreadable.encoded(as: .png, options: .init(provenance: ["model": "x"]))
    #expect(warnings.first?.contains("XMP metadata is not readable text") == true)
  }

  @Test func damagedEXIFInTheSourceIsNoObstacle() throws {
    var bytes = try Maker(16, 16) { _, _, _ in 90 }.encoded(.jpeg)
    let junk: [UInt8] = [0xFF, 0xE1, 0, 20] + PictureMetadata.exifPrefix + [UInt8](repeating: 0xAB, count: 12)
    bytes.insert(contentsOf: junk, at: 2)
    let picture = try Picture.read(bytes: bytes)
    #expect(picture.width == 16)
    #expect(throws: Never.self) { try picture.encoded(as: .jpeg) }
  }

  static let provenance = [
    "software": "Burnish 0.1", "model": "starter", "seed": "42", "prompt": "a \"café\" & <b>\n\tnew line", "empty": "",
  ]

  @Test(arguments: [PictureFormat.jpeg, .png, .webp, .tiff, .heic, .avif]) func provenanceIsReadBack(
    format: PictureFormat
  ) throws {
    guard format.canWrite else { return }
    for picture in [try Self.source(), try Picture(width: 8, height: 8, colour: [Float](repeating: 0, count: 192))] {
      let bytes = try picture.encoded(as: format, options: .init(provenance: Self.provenance)).bytes
      let again = try Picture.read(bytes: bytes)
      #expect(again.provenance == Self.provenance)
      // A second run replaces the record of the first.
      let second = try again.encoded(as: format, options: .init(provenance: ["seed": "43"])).bytes
      let xmp = try stored(second, format).image.blob(.xmp) ?? []
      #expect(XMPPacket(bytes: xmp).provenance == ["seed": "43"])
      #expect(String(decoding: xmp, as: UTF8.self).components(separatedBy: XMPPacket.namespace).count == 2)
      // And a run that says nothing keeps what stands there.
      #expect(try Picture.read(bytes: again.encoded(as: format).bytes).provenance == Self.provenance)
    }
    #expect(try Self.source().provenance.isEmpty)
  }

  @Test func provenanceStandsWhereViewersLook() throws {
    let options = EncodingOptions(provenance: ["software": "Burnish 0.1"])
    let picture = try Self.source()
    let fields: [(PictureFormat, String)] = [
      (.jpeg, "exif-ifd0-Software"), (.webp, "exif-ifd0-Software"), (.png, "png-comment-1-Software"),
      (.tiff, "image-description"),
    ]
    for (format, field) in fields {
      let image = try stored(picture.encoded(as: format, options: options).bytes, format).image
      #expect(image.string(field)?.hasPrefix("Burnish 0.1") == true, "\(format)")
    }
  }

  @Test func keysThatAreNoNamesAreLeftOut() throws {
    let picture = try Picture(width: 8, height: 8, colour: [Float](repeating: 0, count: 192))
    let (bytes, warnings) = try picture.encoded(
      as: .png, options: .init(provenance: ["a key": "1", "": "2", "x\"y": "3", "fine-1.0": "4"]))
    #expect(warnings.count == 3)
    #expect(warnings.allSatisfy { $0.contains("cannot be a name in XML") })
    #expect(try Picture.read(bytes: bytes).provenance == ["fine-1.0": "4"])
  }
}
