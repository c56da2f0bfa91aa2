import Quality
import Torch

/// PSNR and SSIM, in every variant that fixtures name.
struct PSNRAndSSIMComponent: ParityComponent {
  let names = ["psnr-ssim"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try fixture.inputs("image").map { try $0.bchw() }
    let references = try fixture.inputs("reference").map { try $0.bchw() }
    return try fixture.outputs.sorted().map { output in
      // basicsr_psnr_y_crop4.0
      let words = output.split(whereSeparator: { "_.".contains($0) }).map(String.init)
      guard words.count == 5, let number = Int(words[4]), images.indices.contains(number),
        references.indices.contains(number), let border = Int(words[3].dropFirst("crop".count)),
        let metric = metric(words[0], words[1], words[2], border)
      else { throw ParityError("its output '\(output)' names no variant that is known") }
      let score = try metric.score(images[number], reference_BCHW: references[number])
      return Answer(output, try Tensor(score, []))
    }
  }

  private func metric(_ project: String, _ kind: String, _ channel: String, _ border: Int)
    -> (any FullReferenceMetric)?
  {
    let lumas: [String: Luma?] = ["rgb": Luma?.none, "y": .bt601, "ycbcr": .bt601, "yiq": .yiq]
    guard let luma = lumas[channel] else { return nil }
    let isPyiqa = project == "pyiqa"
    switch (kind, project) {
    case ("psnr", "basicsr"), ("psnr", "pyiqa"): return PSNR(luma: luma, border: border, epsilon: isPyiqa ? 1e-8 : 0)
    case ("ssim", "basicsr"), ("ssim", "pyiqa"):
      return SSIM(luma: luma, border: border, roundsLuma: isPyiqa, clampsStructure: isPyiqa)
    default: return nil
    }
  }
}

extension Tensor {
  /// A picture of rows of RGB as a batch of one.
  func bchw() throws -> Tensor { try permuted([2, 0, 1]).unsqueezed(0) }
}
