internal import Foundation
public import Torch

/// Structural similarity (Wang et al., 2004): 11-tap Gaussian window of σ 1.5, only where it fits, K₁ 0.01, K₂ 0.03, population moments.
public struct SSIM: FullReferenceMetric, Sendable {
  /// Which brightness is compared; nil gives the mean over R, G and B.
  public var luma: Luma?
  /// Pixels cut from each side first; ×4 papers cut 4.
  public var border: Int
  /// Whether brightness is rounded to whole levels first, as pyiqa does; BasicSR does not.
  public var roundsLuma: Bool
  /// Whether the contrast and structure factor is kept from falling below 0, as pyiqa does; BasicSR does not.
  public var clampsStructure: Bool

  /// SSIM of RGB by default, without a cut border, as BasicSR measures it.
  public init(luma: Luma? = nil, border: Int = 0, roundsLuma: Bool = false, clampsStructure: Bool = false) {
    self.luma = luma
    self.border = border
    self.roundsLuma = roundsLuma
    self.clampsStructure = clampsStructure
  }

  /// `ssim-rgb`, `ssim-y-bt601` or `ssim-y-yiq`.
  public var name: String { "ssim-" + (luma.map { "y-" + $0.rawValue } ?? "rgb") }
  /// More is better.
  public var higherIsBetter: Bool { true }

  private static let window: [Double] = {
    let weights = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// Similarity of each picture, up to 1.
  /// - Throws: `QualityError` for shapes that differ or pictures smaller than the window; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    let pair = try MetricInput(image_BCHW, reference_BCHW, luma: luma, border: border, metric: name)
    let shape = pair.image_BCHW.shape
    guard min(shape[2], shape[3]) >= 11 else {
      throw QualityError(.picture, "measuring \(name) of \(shape[3])x\(shape[2]) pixels: its window needs 11x11")
    }
    let rounds = roundsLuma && luma != nil
    // Channels become pictures of their own: one window for all.
    let planes = [shape[0] * shape[1], 1, shape[2], shape[3]]
    let x = try (rounds ? pair.image_BCHW.round() : pair.image_BCHW).reshaped(planes)
    let y = try (rounds ? pair.reference_BCHW.round() : pair.reference_BCHW).reshaped(planes)
    return try map(x, y).reshaped([shape[0], -1]).mean([1]).doubles()
  }

  private func map(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    let (c1, c2) = (6.5025, 58.5225)
    let meanX = try Self.smoothed(x)
    let meanY = try Self.smoothed(y)
    let squares = try meanX.square() + meanY.square()
    let product = try meanX * meanY
    let variances = try Self.smoothed(x.square() + y.square()) - squares
    let covariance = try Self.smoothed(x * y) - product
    let structure = try (covariance * 2 + c2) / (variances + c2)
    let light = try (product * 2 + c1) / (squares + c1)
    return try light * (clampsStructure ? structure.clamped(min: 0) : structure)
  }

  private static func smoothed(_ plane_N1HW: Tensor) throws -> Tensor {
    try plane_N1HW.conv2d(Tensor(window, [1, 1, 11, 1])).conv2d(Tensor(window, [1, 1, 1, 11]))
  }
}
