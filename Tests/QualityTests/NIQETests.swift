import Checkpoints
import TestSupport
import Testing
import Torch

@testable import Quality

struct NIQETests {
  init() throws { try useOneThread() }

  private static let cases: [(name: String, metric: NIQE)] = [
    ("basicsr_crop0", NIQE()), ("basicsr_crop4", NIQE(border: 4)), ("pyiqa_yiq", NIQE(luma: .yiq, precision: .float64)),
    ("pyiqa_ycbcr", NIQE(precision: .float64)),
  ]

  private func picture(_ file: SafetensorsFile, _ number: Int) throws -> Tensor {
    try file.tensor("in/image.\(number)").permuted([2, 0, 1]).unsqueezed(0)
  }

  @Test(arguments: cases.indices) func answersTheReference(index: Int) throws {
    let (name, metric) = Self.cases[index]
    let file = try SafetensorsFile(path: Fixture.path("Quality/niqe.safetensors"))
    for number in 0..<4 {
      let expected = try file.tensor("out/\(name).\(number)").item()
      let found = try metric.score(picture(file, number))
      #expect(abs(found[0] - expected) < 1e-3, "\(name) of picture \(number): \(found) and \(expected)")
    }
  }

  /// The variants differ by more than the tolerance, so that a mix-up shows.
  @Test func variantsDiffer() throws {
    let file = try SafetensorsFile(path: Fixture.path("Quality/niqe.safetensors"))
    let image = try picture(file, 0)
    let scores = try [NIQE(), NIQE(border: 4), NIQE(luma: .yiq)].map { try $0.score(image)[0] }
    for a in 0..<3 { for b in 0..<a { #expect(abs(scores[a] - scores[b]) > 0.01) } }
  }

  @Test func featuresAreThoseOfBasicSR() throws {
    let file = try SafetensorsFile(path: Fixture.path("Quality/niqe.safetensors"))
    let rows = try NIQE().features(picture(file, 0))
    let expected = try file.tensor("out/features.0")
    let found = try Tensor(rows.flatMap { $0 }, [rows.count, 36])
    #expect(try Difference(found, expected, absolute: 1e-4, relative: 1e-4).isClose)
  }

  @Test func batchesAreMeasuredPictureByPicture() throws {
    let images = try Tensor.rand([2, 3, 96, 200], generator: Generator(seed: 4))
    let both = try NIQE().score(images)
    let second = try NIQE().score(images.narrowed(0, from: 1, length: 1))
    #expect(both.count == 2 && both[1] == second[0] && both[0] != both[1])
  }

  /// However the picture lies in memory; rows and columns beyond whole blocks have no part.
  @Test(arguments: NIQE.Precision.allCases) func onlyWholeBlocksCount(precision: NIQE.Precision) throws {
    let metric = NIQE(precision: precision)
    let image = try (Tensor.rand([1, 3, 230, 301], generator: Generator(seed: 9)) * 255).round().to(.uint8)
    let whole = try metric.features(image.narrowed(2, from: 0, length: 192).narrowed(3, from: 0, length: 288))
    let interleaved = try image.permuted([0, 2, 3, 1]).contiguous().permuted([0, 3, 1, 2])
    #expect(whole.count == 6 && whole.allSatisfy { $0.count == 36 })
    #expect(try metric.features(image) == whole)
    #expect(try metric.features(interleaved) == whole)
  }

  @Test func namesTellTheVariant() {
    #expect(NIQE().name == "niqe-y" && NIQE(border: 4).name == "niqe-y-crop4")
    #expect(NIQE(luma: .yiq, precision: .float64).name == "niqe-yiq")
    #expect(NIQE(precision: .float64).name == "niqe-y-pyiqa" && !NIQE().higherIsBetter)
  }

  @Test func explainsWhatItCannotMeasure() throws {
    let small = #expect(throws: QualityError.self) { try NIQE().score(Tensor.zeros([1, 3, 191, 100])) }
    #expect(small?.message == "measuring niqe-y of 100x191 pixels: it needs at least two blocks of 96x96")
    let cut = #expect(throws: QualityError.self) { try NIQE(border: 60).score(Tensor.zeros([1, 3, 200, 100])) }
    #expect(cut?.message == "measuring niqe-y-crop60 of pictures of 100x200 without a border of 60: nothing is left")
    let flat = #expect(throws: QualityError.self) { try NIQE().score(Tensor.full([1, 3, 192, 192], 0.5)) }
    #expect(flat?.message.contains("4 of 4 blocks are flat: nothing is left to compare with photographs") == true)
    let shape = #expect(throws: QualityError.self) { try NIQE().score(Tensor.zeros([1, 1, 200, 200])) }
    #expect(shape?.message == "measuring niqe-y of a tensor of shape [1, 1, 200, 200]: it must be B3HW")
  }

  @Test func thePristineModelIsTheAuthors() {
    #expect(NIQEPristineModel.mean.count == 36 && NIQEPristineModel.covariance.count == 36 * 36)
    #expect(abs(NIQEPristineModel.mean[0] - 2.601314) < 1e-6 && abs(NIQEPristineModel.mean[18] - 2.969494) < 1e-6)
    let trace = (0..<36).reduce(0.0) { $0 + NIQEPristineModel.covariance[$1 * 37] }
    #expect(abs(trace - 1.630919) < 1e-6)
    #expect((0..<36).allSatisfy { NIQEPristineModel.covariance[$0] == NIQEPristineModel.covariance[$0 * 36] })
  }

  /// A Gaussian has the shape 2 and its deviation times √2 as the scale; unequal sides have unequal scales.
  @Test func fitsAsymmetricGaussians() throws {
    func fit(left: Double, right: Double) -> AsymmetricGaussian {
      // Moments of two half Gaussians that meet at 0, each with a part of the samples as large as its deviation.
      let (n, pi) = (1e6, Double.pi)
      let (negative, positive) = (n * left / (left + right), n * right / (left + right))
      let absolute = (negative * left + positive * right) * (2 / pi).squareRoot()
      return AsymmetricGaussian(
        .init(
          count: n, absoluteSum: absolute, negativeCount: negative, negativeSquares: negative * left * left,
          positiveCount: positive, positiveSquares: positive * right * right))
    }
    let even = fit(left: 1, right: 1)
    #expect(abs(even.shape - 2) < 2e-3 && abs(even.left - 2.0.squareRoot()) < 2e-3 && abs(even.mean) < 1e-9)
    let uneven = fit(left: 1, right: 2)
    #expect(abs(uneven.shape - 2) < 2e-3 && abs(uneven.right / uneven.left - 2) < 1e-9 && uneven.mean > 0)
    let lost = AsymmetricGaussian(
      .init(
        count: 4, absoluteSum: 4, negativeCount: 0, negativeSquares: 0, positiveCount: 4, positiveSquares: 4))
    #expect(lost.shape == 0.2 && lost.left.isNaN && lost.mean.isNaN)
  }
}
