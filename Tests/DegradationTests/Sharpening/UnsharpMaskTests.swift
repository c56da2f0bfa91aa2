import Degradation
import TestSupport
import Testing
import Torch

@Suite struct UnsharpMaskTests {
  @Test(arguments: [
    ("default", UnsharpMask()), ("strong", UnsharpMask(radius: 20, weight: 0.9, threshold: 4)),
  ])
  func answersTheReference(name: String, mask: UnsharpMask) throws {
    let fixture = try Reference("usm-sharp")
    let found = try PlanarImage.tensor(try fixture.images("in/img").map { try $0.sharpened(mask) })
    for output in [name, name + "_numpy"] {
      #expect(try Difference(found, fixture.output(output), absolute: 3e-5, relative: 1e-5).isClose)
    }
  }

  @Test func leavesWhatIsFlatAndWhatIsBelowTheThreshold() throws {
    #expect(distance(try flat(0.3).sharpened(), try flat(0.3)) < 1e-6)
    let faint = try PlanarImage(
      width: 40, height: 40, channels: 1, pixels: (0..<1600).map { ($0 % 40 < 20 ? 100 : 108) / 255 })
    #expect(distance(try faint.sharpened(), faint) < 1e-6)
    // Up to 4 levels of residual at the edge, of which half is added where the soft mask is, a fifth at most.
    #expect(distance(try faint.sharpened(UnsharpMask(threshold: 2)), faint) > 0.0005)
  }

  @Test func staysInRangeOnAnySize() throws {
    for (width, height) in [(1, 1), (2, 60), (30, 3)] {
      let sharp = try speckle(width: width, height: height).sharpened(UnsharpMask(weight: 5, threshold: 0))
      #expect(sharp.pixels.allSatisfy { (0...1).contains($0) })
    }
    #expect(throws: DegradationError.self) { try flat(0.5).sharpened(UnsharpMask(radius: -1)) }
  }
}
