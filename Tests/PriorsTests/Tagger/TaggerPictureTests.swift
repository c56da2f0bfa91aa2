import Priors
import Testing
import Torch

struct TaggerPictureTests {
  @Test(arguments: TaggerResampling.allCases)
  func normalisesByImageNetsStatistics(_ resampling: TaggerResampling) throws {
    let picture = try Tensor([0, 0.5, 1] as [Float], [1, 3, 1, 1]).expanded([2, 3, 5, 9])
    let shown = try TaggerPicture.normalised(picture, side: 4, resampling: resampling)
    #expect(shown.shape == [2, 3, 4, 4] && shown.dtype == .float32)
    let expected = try Tensor(
      [(0 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225] as [Float], [1, 3, 1, 1])
    #expect(try isClose(shown, expected.expanded([2, 3, 4, 4]), 1e-6))
  }

  /// Every fourth pixel's column is white. Without antialiasing, a quarter of the size looks between two columns: bilinear
  /// finds none of them there, bicubic takes -0.75 · 0.125 of one.
  @Test func doesNotAntialias() throws {
    let row = (0..<16).map { Float($0 % 4 == 0 ? 1 : 0) }
    let picture = try Tensor(row, [1, 1, 1, 16]).expanded([1, 3, 16, 16])
    func red(_ resampling: TaggerResampling) throws -> [Float] {
      try TaggerPicture.normalised(picture, side: 4, resampling: resampling).selected(1, 0).flattened().floats()
        .map { $0 * 0.229 + 0.485 }
    }
    #expect(try red(.bilinear).allSatisfy { abs($0) < 1e-6 })
    #expect(try red(.bicubic).allSatisfy { abs($0 + 0.09375) < 1e-6 })
  }

  @Test(arguments: [[1, 4, 8, 8], [3, 8, 8]])
  func picturesWithoutThreeChannelsAreRefused(shape: [Int]) throws {
    let error = #expect(throws: TorchError.self) {
      try TaggerPicture.normalised(.zeros(shape), side: 4, resampling: .bilinear)
    }
    #expect(error?.message == "the tagger was given a picture of shape \(shape); it takes [B, 3, H, W]")
  }
}
