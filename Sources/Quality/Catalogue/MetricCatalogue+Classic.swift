// Metrics without networks.

extension MetricCatalogue {
  static let classic: [MetricEntry] = [
    psnr("psnr-y", ["psnr", "psnr-y-bt601"], .bt601, 0, "PSNR of Y of BT.601, dB; papers cut a border of 4 or none"),
    psnr("psnr-rgb", [], nil, 0, "PSNR over red, green and blue, dB"),
    psnr("psnr-yiq", [], .yiq, 0, "PSNR of Y of YIQ, dB"),
    psnr("psnr-y-pyiqa", [], .bt601, 1e-8, "PSNR of Y of BT.601 as pyiqa has it: 80 dB for equal pictures"),
    psnr("psnr-rgb-pyiqa", [], nil, 1e-8, "PSNR over red, green and blue as pyiqa has it"),
    psnr("psnr-yiq-pyiqa", [], .yiq, 1e-8, "PSNR of Y of YIQ as pyiqa has it"),
    ssim("ssim-y", ["ssim", "ssim-y-bt601"], .bt601, false, "SSIM of Y of BT.601 as BasicSR has it"),
    ssim("ssim-rgb", [], nil, false, "mean SSIM of red, green and blue as BasicSR has it"),
    ssim("ssim-yiq", [], .yiq, false, "SSIM of Y of YIQ, not rounded"),
    ssim("ssim-y-pyiqa", [], .bt601, true, "SSIM of whole levels of BT.601 as pyiqa has it (color_space ycbcr)"),
    ssim("ssim-rgb-pyiqa", [], nil, true, "mean SSIM of red, green and blue as pyiqa has it"),
    ssim("ssim-yiq-pyiqa", [], .yiq, true, "SSIM of whole levels of YIQ, pyiqa's default"),
  ]

  static let natural: [MetricEntry] = [
    niqe("niqe-y", ["niqe"], .bt601, .float32, "NIQE of BT.601 as BasicSR and the authors' MATLAB have it"),
    niqe("niqe-yiq", ["niqe-pyiqa"], .yiq, .float64, "NIQE of YIQ, pyiqa's default, which recent papers report"),
    niqe("niqe-y-pyiqa", [], .bt601, .float64, "NIQE of BT.601 as pyiqa has it (color_space ycbcr)"),
  ]

  private static func psnr(
    _ name: String, _ aliases: [String], _ luma: Luma?, _ epsilon: Double, _ summary: String
  ) -> MetricEntry {
    MetricEntry(
      name: name, aliases: aliases, summary: summary, kind: .pair, higherIsBetter: true, cutsBorder: true
    ) { .pair(PSNR(luma: luma, border: $0.border, epsilon: epsilon)) }
  }

  private static func ssim(
    _ name: String, _ aliases: [String], _ luma: Luma?, _ isPyiqa: Bool, _ summary: String
  ) -> MetricEntry {
    MetricEntry(
      name: name, aliases: aliases, summary: summary, kind: .pair, higherIsBetter: true, cutsBorder: true
    ) { .pair(SSIM(luma: luma, border: $0.border, roundsLuma: isPyiqa, clampsStructure: isPyiqa)) }
  }

  private static func niqe(
    _ name: String, _ aliases: [String], _ luma: Luma, _ precision: NIQE.Precision, _ summary: String
  ) -> MetricEntry {
    MetricEntry(
      name: name, aliases: aliases, summary: summary, kind: .single, higherIsBetter: false, cutsBorder: true
    ) { .single(NIQE(luma: luma, border: $0.border, precision: precision)) }
  }
}
