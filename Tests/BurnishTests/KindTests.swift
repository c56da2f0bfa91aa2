import Foundation
import TestSupport
import Testing

@testable import Pictures

/// What a picture is, it stays: upright, in its colours, as deep, as transparent and as grey as it came.
struct KindTests {
  /// Restores everything in a folder in one run, ×4 in one step.
  static func restore(
    _ files: [String: [UInt8]], expecting status: Int32 = 0
  ) throws -> (folder: TemporaryFolder, outcome: Program.Outcome) {
    let folder = try TemporaryFolder()
    for (name, bytes) in files { try folder.write(bytes, to: "in/" + name) }
    let outcome = try Program.run(
      ["restore", "in", "-o", "out", "--steps", "1", "--threads", "1", "--quality", "100", "--json"], in: folder.path)
    #expect(outcome.status == status, "\(outcome.errors)\(outcome.output)")
    return (folder, outcome)
  }

  @Test func allEightOrientations() throws {
    let upright = try Samples.corners(24, 16)
    let files = try Dictionary(
      uniqueKeysWithValues: (1...8).map { ("\($0).jpg", try Samples.jpeg(upright, orientation: $0)) })
    let (folder, _) = try Self.restore(files)
    for orientation in 1...8 {
      let path = folder.file("out/\(orientation).jpg")
      let picture = try Picture.read(path: path)
      #expect(picture.width == 96 && picture.height == 64)
      #expect(try Picture.header(path: path).orientation == 1)
      for (x, y) in [(0.1...0.4, 0.1...0.4), (0.6...0.9, 0.1...0.4), (0.1...0.4, 0.6...0.9), (0.6...0.9, 0.6...0.9)] {
        #expect(distance(picture.mean(x: x, y: y), upright.mean(x: x, y: y)) < 0.15, "\(orientation) at \(x), \(y)")
      }
    }
  }

  @Test func depthGreyAlphaAndColourSpace() throws {
    let p3 = try ColourProfile.builtIn("p3")
    func encoded(_ picture: Picture, _ format: PictureFormat = .png) throws -> [UInt8] {
      try picture.encoded(as: format, options: EncodingOptions(quality: 100)).bytes
    }
    let half: (Int, Int) -> Float = { x, _ in x < 8 ? 1 : 0 }
    let (folder, outcome) = try Self.restore([
      "deep.png": try encoded(Samples.picture(16, 12, bitDepth: 16)),
      "deep.tif": try encoded(Samples.picture(16, 12, bitDepth: 16), .tiff),
      "grey.png": try encoded(Samples.picture(16, 12, isGrey: true)),
      "grey.jpg": try encoded(Samples.picture(16, 12, isGrey: true), .jpeg),
      "alpha.png": try encoded(Samples.picture(16, 12, alpha: half)),
      "deepalpha.png": try encoded(Samples.picture(16, 12, bitDepth: 16, alpha: half)),
      "alpha.webp": try encoded(Samples.picture(16, 12, alpha: half), .webp),
      "wide.png": try encoded(Samples.picture(16, 12, profile: p3)),
      "wide.jpg": try encoded(Samples.picture(16, 12, profile: p3), .jpeg),
      "ink.jpg": try Samples.cmyk(16, 12),
    ])
    func read(_ name: String) throws -> Picture { try Picture.read(path: folder.file("out/" + name)) }
    for name in ["deep.png", "deep.tif", "deepalpha.png"] {
      let picture = try read(name)
      #expect(picture.bitDepth == 16)
      // Not 8 bits spread over 16.
      let levels = picture.colour.map { ($0 * 65_535).rounded() }
      #expect(levels.contains { $0.truncatingRemainder(dividingBy: 257) != 0 }, "\(name)")
    }
    for name in ["grey.png", "grey.jpg"] { #expect(try read(name).isGrey, "\(name)") }
    for name in ["alpha.png", "wide.png"] { #expect(try read(name).bitDepth == 8 && !read(name).isGrey) }
    for name in ["alpha.png", "deepalpha.png", "alpha.webp"] {
      let alpha = try #require(try read(name).alpha, "\(name)")
      #expect(alpha.count == 64 * 48)
      let row = alpha[(24 * 64)..<(25 * 64)]
      #expect(row.prefix(24).allSatisfy { $0 > 0.98 } && row.suffix(24).allSatisfy { $0 < 0.02 }, "\(name)")
    }
    for name in ["wide.png", "wide.jpg"] { #expect(try read(name).profile == p3, "\(name)") }
    #expect(try read("wide.png").colour.count == 3 * 64 * 48)
    // The inks reach the edge of what RGB holds, where values are cut.
    for (name, limit) in [("deep.png", 2), ("grey.png", 2), ("wide.png", 2), ("wide.jpg", 2), ("ink.jpg", 5)] {
      let original = try Picture.read(path: folder.file("in/" + name)).mean()
      let found = try read(name).mean()
      #expect(distance(found, original) < Float(limit) / 255, "\(name): \(found), not \(original)")
    }
    // CMYK comes out as RGB, and the guess at its meaning is told.
    #expect(try read("ink.jpg").profile?.space != .cmyk)
    let told = outcome.events("done").first { $0["input"] as? String == "in/ink.jpg" }?["warnings"] as? [String]
    #expect(told?.first?.contains("is CMYK without a colour profile; a generic press was assumed") == true)
  }

  @Test func extremeShapes() throws {
    let (folder, _) = try Self.restore(
      Dictionary(
        uniqueKeysWithValues: [(1, 1), (1, 2), (3, 400), (400, 3), (5000, 3)].map { size in
          ("\(size.0)x\(size.1).png", try Samples.picture(size.0, size.1).encoded(as: .png).bytes)
        }))
    for (width, height) in [(1, 1), (1, 2), (3, 400), (400, 3), (5000, 3)] {
      let restored = try Picture.read(path: folder.file("out/\(width)x\(height).png"))
      #expect(restored.width == 4 * width && restored.height == 4 * height)
      let original = try Samples.picture(width, height)
      // The colour fix has little to go by in a picture of 4 × 4.
      #expect(distance(restored.mean(), original.mean()) < 6 / 255, "\(width)x\(height)")
    }
  }

  @Test(arguments: ["jpg", "jpeg", "png", "webp", "tif", "tiff", "avif", "heic"]) func outputs(ending: String) throws {
    let format = try #require(PictureFormat(extensionOf: "x." + ending))
    try PictureLibrary.start()
    guard format.canWrite else { return }
    let folder = try TemporaryFolder()
    // AVIF and HEIC encoders round sides below a block.
    try Samples.picture(24, 20, profile: ColourProfile.builtIn("p3")).write(path: folder.file("in.png"))
    let outcome = try Program.run(["restore", "in.png", "-o", "out." + ending, "--steps", "1"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let picture = try Picture.read(path: folder.file("out." + ending))
    #expect(picture.width == 96 && picture.height == 80)
    #expect(try Picture.header(path: folder.file("out." + ending)).format == format)
    let (found, wanted) = (picture.mean(), try Picture.read(path: folder.file("in.png")).mean())
    // WebP, which rounds chroma so as to keep edges sharp, brightens noise, and noise is what this model draws.
    #expect(distance(found, wanted) < (format == .webp ? 10 : 3) / 255, "\(found), not \(wanted)")
    #expect(picture.profile != nil)
    // How it was made can be read from every kind.
    #expect(picture.provenance["model"] == "starter" && picture.provenance["steps"] == "1")
    #expect(tree(folder.path) == ["in.png", "out." + ending].sorted())
  }

  /// JPEG holds no transparency: it is laid onto white, and that is told.
  @Test func alphaIntoJPEG() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(16, 12, alpha: { x, _ in x < 8 ? 1 : 0 }).write(path: folder.file("in.png"))
    let outcome = try Program.run(["restore", "in.png", "-o", "out.jpg", "--steps", "1"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("in.png: warning: JPEG holds no transparency: 'out.jpg' was laid onto white."))
    #expect(try Picture.read(path: folder.file("out.jpg")).mean(x: 0.8...1).allSatisfy { $0 > 0.97 })
  }

  @Test func whatTheFileTellsIsKept() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.jpeg(Samples.corners(16, 12), orientation: 6), to: "in.jpg")
    let outcome = try Program.run(
      ["restore", "in.jpg", "-o", "out.jpg", "--steps", "1", "--seed", "5"], in: folder.path)
    #expect(outcome.status == 0)
    let made = try Picture.read(path: folder.file("out.jpg"))
    #expect(made.metadata.exif != nil)
    #expect(made.provenance["seed"] == "5")
    // Restored once more, it tells of the second time.
    let again = try Program.run(
      ["restore", "out.jpg", "-o", "again.png", "--scale", "1", "--steps", "1", "--seed", "6"], in: folder.path)
    #expect(again.status == 0)
    #expect(try Picture.read(path: folder.file("again.png")).provenance["seed"] == "6")
  }
}
