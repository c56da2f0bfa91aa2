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
    let grey = try flat(0.25)
    #expect(distance(try grey.resized(factor: 0.5, method), try flat(0.25, width: 8, height: 6)) < 1e-6)
    #expect(distance(try grey.resized(factor: 1.5, method), try flat(0.25, width: 24, height: 18)) < 1e-6)
    let image = try speckle(width: 9, height: 7)
    #expect(distance(try image.resized(factor: 1, method), image) < 1e-6)
  }
}
