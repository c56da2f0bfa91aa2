import Degradation
import Testing
import Torch

@Suite struct FilterTests {
  @Test func oneKernelForEachPicture() throws {
    let fixture = try Reference("filter2d")
    let kernels = try fixture.input("kernel").doubles()
    let images = try fixture.images("in/img")
    let each = try fixture.images("out/per_image")
    let shared = try fixture.images("out/shared")
    for index in images.indices {
      #expect(distance(try images[index].filtered(Array(kernels[index * 441..<(index + 1) * 441])), each[index]) < 1e-5)
      #expect(distance(try images[index].filtered(Array(kernels[..<441])), shared[index]) < 1e-5)
    }
  }

  @Test(arguments: ["k3_s0.8", "k21_s3.0", "k51_s0"])
  func separableFilterAnswersAsOpenCVDoes(name: String) throws {
    let fixture = try Reference("gaussian-blur")
    let profile = try fixture.output("kernel_" + name).doubles()
    let input = try #require(try fixture.images("in/img").first)
    let expected = try #require(try fixture.images("out/cv2_" + name).first)
    #expect(distance(try input.filtered(rows: profile, columns: profile), expected) < 2e-5)
  }

  @Test func rowsAndColumnsAreTheSquareOfTheirProduct() throws {
    let rows = [0.2, 0.5, 0.3]
    let columns = [0.1, 0.1, 0.6, 0.1, 0.1]
    let square = (0..<5).flatMap { y in columns.map { (1...3).contains(y) ? rows[y - 1] * $0 : 0 } }
    let image = try speckle(width: 17, height: 5)
    #expect(distance(try image.filtered(rows: rows, columns: columns), try image.filtered(square)) < 1e-6)
  }

  @Test func borderReflectsAlsoBeyondAWholePicture() throws {
    let kernel = [Double](repeating: 1.0 / 9, count: 9)
    let line = try PlanarImage(width: 3, height: 1, channels: 1, pixels: [0, 3, 6])
    // -4 … 6 around pixel 0 of 0 3 6 without repeating the edge: 0 3 6 3 | 0 | 3 6 3 0.
    #expect(abs(try line.filtered(rows: [1], columns: kernel).pixels[0] - 24.0 / 9) < 1e-5)
    let dot = try PlanarImage(width: 1, height: 1, channels: 1, pixels: [0.5])
    #expect(abs(try dot.filtered(rows: kernel, columns: kernel).pixels[0] - 0.5) < 1e-6)
  }

  @Test func evenKernelsAreRefused() throws {
    let image = try flat(0.5)
    #expect(throws: DegradationError.self) { try image.filtered([0.25, 0.25, 0.25, 0.25]) }
    #expect(throws: DegradationError.self) { try image.filtered([1, 2, 3]) }
    #expect(throws: DegradationError.self) { try image.filtered(rows: [0.5, 0.5], columns: [1]) }
  }
}
