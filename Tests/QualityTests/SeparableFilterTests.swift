import TestSupport
import Testing
import Torch

@testable import Quality

struct SeparableFilterTests {
  init() throws { try useOneThread() }

  @Test(arguments: [(1, 40, 71), (2, 90, 64), (1, 8, 8), (2, 9, 8)])
  func isAConvolution(stride: Int, height: Int, width: Int) throws {
    let taps = (0..<8).map { Double($0 * $0) - 7 }
    let x = try Tensor.rand([2, height, width], generator: Generator(seed: 3), dtype: .float64)
    let kernel = try Tensor(taps, [8, 1]).matmul(Tensor(taps, [1, 8])).reshaped([1, 1, 8, 8])
    let expected = try x.unsqueezed(1).conv2d(kernel, stride: stride).squeezed(1)
    let found = try SeparableFilter(taps, stride: stride)(x)
    #expect(try Difference(found, expected, absolute: 1e-9, relative: 1e-9).isClose)
  }

  @Test func aGaussianSumsToOne() throws {
    let ones = try Tensor.ones([1, 7, 7], dtype: .float64)
    #expect(abs(try SeparableFilter.gaussian(radius: 3, sigma: 7.0 / 6)(ones).item() - 1) < 1e-12)
  }

  /// Large pictures are measured in strips; the mean over strips is the mean over all.
  @Test func strippedSSIMIsTheWhole() throws {
    let image = try Tensor.rand([1, 3, 800, 90], generator: Generator(seed: 1))
    let other = try Tensor.rand([1, 3, 800, 90], generator: Generator(seed: 2))
    let whole = try SSIM(luma: .bt601).score(image, reference_BCHW: other)[0]
    // The same map, of halves that overlap by the window.
    func part(_ x: Tensor, _ start: Int) throws -> Tensor { try x.narrowed(2, from: start, length: 405) }
    let halves = try [0, 395].map { try SSIM(luma: .bt601).score(part(image, $0), reference_BCHW: part(other, $0))[0] }
    #expect(abs(whole - (halves[0] + halves[1]) / 2) < 1e-12)
  }
}
