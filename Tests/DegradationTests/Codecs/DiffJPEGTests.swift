import Degradation
import TestSupport
import Testing
import Torch

@Suite struct DiffJPEGTests {
  @Test(arguments: [("rounded", DiffJPEG.Rounding.nearest), ("differentiable", .cubic)])
  func answersTheReference(name: String, rounding: DiffJPEG.Rounding) throws {
    let fixture = try Reference("diffjpeg")
    let found = try DiffJPEG(rounding: rounding)(fixture.input("img"), quality: fixture.input("quality").doubles())
    #expect(try Difference(found, fixture.output(name), absolute: 0.002, relative: 0).isClose)
  }

  @Test(arguments: [10.0, 50, 75, 95])
  func answersTheReferenceAtEachQuality(quality: Double) throws {
    let fixture = try Reference("diffjpeg")
    let found = try DiffJPEG()(fixture.input("img").narrowed(0, from: 0, length: 1), quality: [quality])
    #expect(try Difference(found, fixture.output("quality_\(Int(quality))"), absolute: 0.002, relative: 0).isClose)
  }

  @Test func takesAnySizeAndLosesNothingOfGreyAtFullQuality() throws {
    let plane = try speckle(width: 21, height: 13, channels: 1).tensor()
    let image = try plane.expanded([1, 3, 13, 21])
    let codec = try DiffJPEG()
    #expect(try Difference(codec(image, quality: [100]), image, absolute: 1e-3, relative: 0).isClose)
    #expect(try Difference(codec(image, quality: [20]), image, absolute: 0.05, relative: 0).isClose == false)
  }

  @Test func explainsWhatItCannotDo() throws {
    let codec = try DiffJPEG()
    let image = try Tensor.zeros([1, 3, 16, 16])
    for quality in [0, -5, 101, Double.nan] {
      let error = #expect(throws: DegradationError.self) { try codec(image, quality: [quality]) }
      #expect(error?.message == "compressing as JPEG with quality \(quality): it must be above 0 and at most 100")
    }
    #expect(throws: DegradationError.self) { try codec(image, quality: [50, 60]) }
    #expect(throws: DegradationError.self) { try codec(Tensor.zeros([1, 1, 16, 16]), quality: [50]) }
  }
}
