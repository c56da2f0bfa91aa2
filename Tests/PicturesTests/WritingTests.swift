import Foundation
import Testing

@testable import Pictures

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct WritingTests {
  static let picture = try? Picture(width: 8, height: 8, colour: [Float](repeating: 0.5, count: 192))

  @Test func limitsAreKnownBeforeTheWork() throws {
    let cases: [(PictureFormat, Int, Int, Bool)] = [
      (.jpeg, 65_535, 1, true), (.jpeg, 65_536, 1, false), (.webp, 16_383, 16_383, true), (.webp, 1, 16_384, false),
      (.png, 65_536, 65_536, true), (.png, 1_000_001, 1, false), (.heic, 16_385, 1, false), (.avif, 16_384, 1, true),
      (.tiff, 200_000, 2, true), (.jpeg, 0, 4, false),
    ]
    for (format, width, height, fits) in cases {
      #expect((error { try format.check(width: width, height: height) } == nil) == fits, "\(format) \(width)x\(height)")
    }
    let found = error { try PictureFormat.webp.check(width: 20_000, height: 10) }
    #expect(found?.code == .tooLargeForKind)
    #expect(
      found?.message
        == "A WebP file cannot hold 20000x10 pixels: its longest side is 16383; write .jpg or .png or .tif, or make the "
        + "picture smaller.")
  }

  @Test(arguments: ["out.bmp", "out", "out.gif", "out.", "out.png.txt"]) func unknownExtensions(name: String) throws {
    let picture = try #require(Self.picture)
    let scratch = try Scratch()
    let found = error { try picture.write(path: scratch.file(name)) }
    #expect(found?.code == .unknownExtension)
    #expect(found?.message.contains(".png") == true)
    #expect(scratch.names.isEmpty)
  }

  @Test func placesThatCannotBeWritten() throws {
    let picture = try #require(Self.picture)
    let scratch = try Scratch()
    let noFolder = error { try picture.write(path: scratch.file("none/out.png")) }
    #expect(noFolder?.code == .cannotWrite)
    #expect(noFolder?.message.contains("Create the folder first.") == true)
    _ = try scratch.write([1], to: "file")
    #expect(error { try picture.write(path: scratch.file("file/out.png")) }?.code == .cannotWrite)
    try FileManager.default.createDirectory(atPath: scratch.file("folder.png"), withIntermediateDirectories: true)
    #expect(error { try picture.write(path: scratch.file("folder.png")) }?.code == .cannotWrite)
    #expect(scratch.names == ["file", "folder.png"])
  }

  @Test func badOptions() throws {
    let picture = try #require(Self.picture)
    let cases: [(EncodingOptions, String)] = [
      (.init(quality: 0), "quality 0"), (.init(quality: 101), "quality 101"),
      (.init(compression: 10), "compression 10"),
      (.init(bitDepth: 12), "12 bits"),
    ]
    for (options, words) in cases {
      let found = error { _ = try picture.encoded(as: .png, options: options) }
      #expect(found?.code == .invalidArgument)
      #expect(found?.message.contains(words) == true)
    }
  }

  @Test func replacesAFileInOneStep() throws {
    let picture = try #require(Self.picture)
    let scratch = try Scratch()
    let path = try scratch.write([1, 2, 3], to: "out.png")
    try picture.write(path: path)
    #expect(try Picture.read(path: path).width == 8)
    #expect(scratch.names == ["out.png"])
  }

  @Test func failureKeepsTheOldFile() throws {
    let scratch = try Scratch()
    let path = try scratch.write([1, 2, 3], to: "out.webp")
    let picture = try Picture(width: 16_384, height: 1, colour: [Float](repeating: 0.5, count: 3 * 16_384))
    #expect(error { try picture.write(path: path) }?.code == .tooLargeForKind)
    #expect(try contents(path) == [1, 2, 3])
    #expect(scratch.names == ["out.webp"])
  }

  /// Where the child process found something wrong.
  struct Outcome: Error { let step: Int }

  /// A limit on the size of files stands for a full disk; it is set in a process of its own.
  @Test func fullDiskLeavesNothingBehind() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let scratch = try Scratch()
      let noise = (0..<3 * 256 * 256).map { (at: Int) -> Float in Float((at &* 2_654_435_761) >> 7 & 1023) / 1023 }
      let picture = try Picture(width: 256, height: 256, colour: noise)
      let old = try scratch.write([7], to: "out.png")
      var limit = rlimit()
      limit.rlim_cur = 8192
      limit.rlim_max = 8192
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      for ending in ["png", "jpg", "tif", "webp", "avif", "heic"] {
        guard PictureFormat(extensionOf: "a." + ending)?.canWrite == true else { continue }
        let found = error { try picture.write(path: scratch.file("out." + ending)) }
        guard found?.code == .noSpace || found?.code == .encodingFailed else { throw Outcome(step: 11) }
        guard scratch.names == ["out.png"], try contents(old) == [7] else { throw Outcome(step: 12) }
        if ending == "png" {
          guard found?.code == .noSpace, found?.message.contains("Free some space") == true,
            found?.message.contains(".part") == false
          else { throw Outcome(step: 13) }
        }
      }
    }
  }
}
