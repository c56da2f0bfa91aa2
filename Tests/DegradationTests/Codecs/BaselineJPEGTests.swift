import Degradation
import Testing
import Torch

@Suite struct BaselineJPEGTests {
  @Test(arguments: [30, 50, 90])
  func answersNearlyAsLibjpegDoes(quality: Int) throws {
    let fixture = try Reference("jpeg")
    let source = try fixture.input("image")
    let expected = try fixture.output("quality_\(quality)").bytes()
    let found = try BaselineJPEG().roundTrip(
      rgb8: source.bytes(), width: source.size(1), height: source.size(0), quality: quality)
    let differences = zip(found, expected).map { abs(Int($0) - Int($1)) }
    #expect(found.count == expected.count)
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 0.25)
    #expect(differences.max() ?? 0 <= 6)
  }

  @Test func losesMoreAtLowerQuality() throws {
    // Grey, so that the halving of chroma, which no quality avoids, plays no role.
    let plane = try speckle(width: 24, height: 19, channels: 1).pixels
    let source = try PlanarImage(width: 24, height: 19, pixels: plane + plane + plane)
    let losses = try [95, 50, 10].map { quality in
      let found = try source.compressed(quality: quality, by: BaselineJPEG())
      return zip(found.pixels, source.pixels).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(losses == losses.sorted() && losses[0] < losses[1] / 2)
    // 128 / 255 is a level whose block is zero after the shift by 128.
    #expect(try flat(128.0 / 255).compressed(quality: 10, by: BaselineJPEG()) == flat(128.0 / 255))
  }

  @Test func explainsWhatItCannotDo() throws {
    let error = #expect(throws: DegradationError.self) {
      try BaselineJPEG().roundTrip(rgb8: [UInt8](repeating: 0, count: 12), width: 2, height: 2, quality: 0)
    }
    #expect(error?.message == "compressing as JPEG with quality 0: it must be from 1 to 100")
    #expect(throws: DegradationError.self) { try BaselineJPEG().roundTrip(rgb8: [0], width: 2, height: 2, quality: 50) }
    #expect(throws: DegradationError.self) { try flat(0).grey().compressed(quality: 50, by: BaselineJPEG()) }
    let short = #expect(throws: DegradationError.self) { try flat(0).compressed(quality: 50, by: Deaf()) }
    #expect(short?.message == "compressing a picture of 16x12 as JPEG: the codec answered 0 bytes instead of 576")
  }

  private struct Deaf: JPEGCodec {
    func roundTrip(rgb8: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8] { [] }
  }
}
