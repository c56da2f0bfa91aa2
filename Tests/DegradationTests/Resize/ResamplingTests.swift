import Degradation
import TestSupport
import Testing
import Torch

@Suite struct ResamplingTests {
  @Test(arguments: [
    ("area_size", Resampling.area, nil), ("area_sf0.37", .area, 0.37), ("area_up", .area, nil),
    ("bilinear_size", .bilinear, nil),
    ("bilinear_sf0.37", .bilinear, 0.37), ("bicubic_size", .bicubic, nil), ("bicubic_sf0.37", .bicubic, 0.37),
    ("bicubic_sf1.3", .bicubic, 1.3),
  ])
  func answersAsPyTorchDoes(name: String, method: Resampling, factor: Double?) throws {
    let fixture = try Reference("interpolate")
    let input = try #require(try fixture.images("in/img").first)
    let expected = try #require(try fixture.images("out/" + name).first)
    let found =
      try factor.map { try input.resized(factor: $0, method) }
      ?? input.resized(width: expected.width, height: expected.height, method)
    #expect(distance(found, expected) < 2e-5)
  }

  @Test(arguments: Resampling.allCases)
  func keepsAFlatPictureAndTheIdentity(method: Resampling) throws {
    // Pillow's works on levels.
    let level: Float = 64 / 255
    let grey = try flat(level)
    #expect(distance(try grey.resized(factor: 0.5, method), try flat(level, width: 8, height: 6)) < 1e-6)
    #expect(distance(try grey.resized(factor: 1.5, method), try flat(level, width: 24, height: 18)) < 1e-6)
    let image = try speckle(width: 9, height: 7).quantised()
    #expect(distance(try image.resized(factor: 1, method), image) < 1e-6)
  }

  @Test(arguments: ["45x20", "11x9", "90x74", "180x37", "1x1", "46x38"])
  func answersPillowsBytes(size: String) throws {
    let fixture = try Reference("resizes")
    let expected = try fixture.output("pil_" + size)
    let found = try picture(fixture.input("img")).resized(
      width: expected.size(1), height: expected.size(0), .pilBicubic)
    #expect(try found.bytes8() == expected.bytes())
  }

  @Test(arguments: ["15x12", "11x9", "44x36", "22x37", "1x1"])
  func boxAnswersAsOpenCVsAreaDoes(size: String) throws {
    let fixture = try Reference("resizes")
    let expected = try fixture.output("area_" + size)
    let found = try picture(fixture.input("img")).resized(width: expected.size(1), height: expected.size(0), .box)
    let wanted = try PlanarImage.images(expected.permuted([2, 0, 1]).unsqueezed(0).contiguous())
    #expect(distance(found, wanted[0]) < 1e-5)
  }

  /// Every second pixel of a wide Gaussian lies between two source pixels, so that a straight ramp keeps its middle.
  @Test func decimationIsCentred() throws {
    let ramp = try PlanarImage(width: 64, height: 1, channels: 1, pixels: (0..<64).map { Float($0) / 64 })
    for (divisor, sigma) in [(2, 0.7), (4, 1.5), (3, 0.1)] {
      let small = try ramp.decimated(by: divisor, sigma: sigma)
      #expect(small.width == (64 + divisor - 1) / divisor && small.height == 1)
      for x in 8 / divisor + 4..<(64 / divisor - 8 / divisor - 4) {
        let middle = Double(x * divisor) + Double(divisor - 1) / 2
        #expect(abs(Double(small.pixels[x]) - middle / 64) < 1e-5)
      }
    }
    #expect(distance(try flat(0.5).decimated(by: 4, sigma: 2), try flat(0.5, width: 4, height: 3)) < 1e-6)
    // A Gaussian much narrower than a pixel still sums to 1.
    #expect(distance(try flat(0.5).decimated(by: 4, sigma: 0.01), try flat(0.5, width: 4, height: 3)) < 1e-6)
    let error = #expect(throws: DegradationError.self) { try flat(0.5).decimated(by: 0, sigma: 1) }
    #expect(
      error?.message
        == "shrinking a picture 0 times by a Gaussian of 25 taps with sigma 1.0: the first must be at least 1, the taps odd, "
        + "sigma above 0")
  }

  /// Bytes of shape H W 3.
  private func picture(_ bytes_HWC: Tensor) throws -> PlanarImage {
    try PlanarImage(rgb8: bytes_HWC.bytes(), width: bytes_HWC.size(1), height: bytes_HWC.size(0))
  }
}
