import Checkpoints
import Quality
import TestSupport
import Testing
import Torch

@Suite struct PSNRAndSSIMTests {
  /// The fixture's name of each variant, and the metric that should answer it.
  static let cases: [(name: String, metric: any FullReferenceMetric & Sendable)] =
    [0, 4].flatMap { border in
      [
        ("basicsr_psnr_rgb_crop\(border)", PSNR(border: border)),
        ("basicsr_psnr_y_crop\(border)", PSNR(luma: .bt601, border: border)),
        ("pyiqa_psnr_ycbcr_crop\(border)", PSNR(luma: .bt601, border: border, epsilon: 1e-8)),
        ("pyiqa_psnr_yiq_crop\(border)", PSNR(luma: .yiq, border: border, epsilon: 1e-8)),
        ("basicsr_ssim_rgb_crop\(border)", SSIM(border: border)),
        ("basicsr_ssim_y_crop\(border)", SSIM(luma: .bt601, border: border)),
        ("pyiqa_ssim_ycbcr_crop\(border)", SSIM(luma: .bt601, border: border, roundsLuma: true, clampsStructure: true)),
        ("pyiqa_ssim_yiq_crop\(border)", SSIM(luma: .yiq, border: border, roundsLuma: true, clampsStructure: true)),
      ] as [(String, any FullReferenceMetric & Sendable)]
    } + [
      ("pyiqa_psnr_rgb_crop0", PSNR(epsilon: 1e-8)),
      ("pyiqa_ssim_rgb_crop0", SSIM(roundsLuma: true, clampsStructure: true)),
    ]

  private static func picture(_ file: SafetensorsFile, _ key: String) throws -> Tensor {
    try file.tensor(key).permuted([2, 0, 1]).unsqueezed(0)
  }

  @Test(arguments: cases.indices)
  func answersTheReference(index: Int) throws {
    let (name, metric) = Self.cases[index]
    let file = try SafetensorsFile(path: Fixture.path("Quality/psnr-ssim.safetensors"))
    for picture in 0..<3 {
      let image = try Self.picture(file, "in/image.\(picture)")
      let reference = try Self.picture(file, "in/reference.\(picture)")
      let expected = try file.tensor("out/\(name).\(picture)").item()
      let found = try #require(try metric.score(image, reference_BCHW: reference).first)
      #expect(abs(found - expected) <= 2e-5 + 2e-5 * abs(expected), "\(name) of picture \(picture)")
      // The same in 0 … 1.
      let real = try #require(try metric.score(image.to(.float32) / 255, reference_BCHW: reference).first)
      #expect(abs(found - real) < 1e-4)
    }
  }

  @Test func theFixtureHasNoOtherVariant() throws {
    let file = try SafetensorsFile(path: Fixture.path("Quality/psnr-ssim.safetensors"))
    let names = Set(file.keys.filter { $0.hasPrefix("out/") }.map { String($0.dropFirst(4).dropLast(2)) })
    #expect(names == Set(Self.cases.map(\.name)))
  }

  @Test func batchesAreMeasuredPictureByPicture() throws {
    let generator = try Generator(seed: 1)
    let image = try Tensor.rand([2, 3, 16, 18], generator: generator)
    let reference = try Tensor.rand([2, 3, 16, 18], generator: generator)
    for metric in [PSNR(), SSIM(luma: .bt601)] as [any FullReferenceMetric] {
      let both = try metric.score(image, reference_BCHW: reference)
      let second = try metric.score(
        image.narrowed(0, from: 1, length: 1), reference_BCHW: reference.narrowed(0, from: 1, length: 1))
      #expect(both.count == 2 && abs(both[1] - second[0]) < 1e-9 && both[0] != both[1])
    }
  }

  @Test func equalPicturesAreTheBest() throws {
    let image = try Tensor.full([1, 3, 12, 12], 0.3)
    #expect(try PSNR().score(image, reference_BCHW: image) == [.infinity])
    #expect(abs(try PSNR(epsilon: 1e-8).score(image, reference_BCHW: image)[0] - 80) < 1e-9)
    #expect(abs(try SSIM().score(image, reference_BCHW: image)[0] - 1) < 1e-12)
    #expect(PSNR().higherIsBetter && SSIM().higherIsBetter)
  }

  /// Structural similarity as it is written down, by libtorch's own convolution. The widths meet whole and broken vectors,
  /// and pictures that are measured in one band of columns and in several.
  @Test(arguments: [(11, 11), (12, 18), (40, 27), (13, 521), (30, 522), (14, 1100)])
  func structuralSimilarityIsItsDefinition(height: Int, width: Int) throws {
    let generator = try Generator(seed: UInt64(width))
    let x = try Tensor.rand([1, 3, height, width], generator: generator, dtype: .float64)
    let y = try Tensor.rand([1, 3, height, width], generator: generator, dtype: .float64)
    let distances = try Tensor((-5...5).map { Double($0 * $0) }, [11, 1])
    let column = try (distances / -4.5).exp()
    let kernel = try column.matmul(column.transposed(0, 1))
    let window = try (kernel / kernel.sum()).reshaped([1, 1, 11, 11])
    func smooth(_ plane: Tensor) throws -> Tensor { try plane.conv2d(window) }
    for clamps in [false, true] {
      let scores = try (0..<3).map { channel in
        let a = try x.narrowed(1, from: channel, length: 1) * 255
        let b = try y.narrowed(1, from: channel, length: 1) * 255
        let (meanA, meanB) = (try smooth(a), try smooth(b))
        let varianceA = try smooth(a.square()) - meanA.square()
        let varianceB = try smooth(b.square()) - meanB.square()
        let covariance = try smooth(a * b) - meanA * meanB
        let structure = try (covariance * 2 + 58.5225) / (varianceA + varianceB + 58.5225)
        let light = try (meanA * meanB * 2 + 6.5025) / (meanA.square() + meanB.square() + 6.5025)
        return try (light * (clamps ? structure.clamped(min: 0) : structure)).mean().item()
      }
      let found = try SSIM(clampsStructure: clamps).score(x, reference_BCHW: y)[0]
      #expect(abs(found - scores.reduce(0, +) / 3) < 1e-12)
    }
  }

  @Test func namesTellTheVariant() {
    #expect(PSNR().name == "psnr-rgb" && PSNR(luma: .bt601).name == "psnr-y")
    #expect(SSIM(luma: .yiq).name == "ssim-yiq" && SSIM().name == "ssim-rgb")
  }

  @Test(arguments: [(Luma.bt601, [16.0, 235, 81.481, 144.553]), (.yiq, [0, 255, 76.245, 149.685])])
  func lumaOfBlackWhiteRedGreen(luma: Luma, expected: [Double]) throws {
    let colours = try Tensor([0, 255, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0] as [Double], [1, 3, 1, 4])
    #expect(try Difference(luma(colours), Tensor(expected, [1, 1, 1, 4]), absolute: 1e-9, relative: 0).isClose)
  }

  @Test func explainsWhatItCannotMeasure() throws {
    let image = try Tensor.zeros([1, 3, 12, 14])
    let shapes = #expect(throws: QualityError.self) {
      try PSNR().score(image, reference_BCHW: Tensor.zeros([1, 3, 12, 12]))
    }
    #expect(
      shapes?.message
        == "measuring psnr-rgb of tensors of shape [1, 3, 12, 14] and [1, 3, 12, 12]: both must be the same B3HW")
    let border = #expect(throws: QualityError.self) { try PSNR(border: 6).score(image, reference_BCHW: image) }
    #expect(border?.message == "measuring psnr-rgb-crop6 of pictures of 14x12 without a border of 6: nothing is left")
    let small = #expect(throws: QualityError.self) { try SSIM(border: 1).score(image, reference_BCHW: image) }
    #expect(small?.message == "measuring ssim-rgb-crop1 of 12x10 pixels: its window needs 11x11")
    #expect(throws: QualityError.self) {
      try SSIM().score(Tensor.zeros([3, 12, 14]), reference_BCHW: Tensor.zeros([3, 12, 14]))
    }
  }
}
