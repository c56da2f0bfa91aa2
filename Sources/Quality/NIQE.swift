internal import Foundation
public import Torch

/// Natural image quality evaluator (Mittal et al. 2013): how far the statistics of a picture are from those of undisturbed
/// photographs. Natural photographs have 2 … 5; less is better.
///
/// Brightness is rounded to whole levels and cut, at the right and at the bottom, to blocks of 96 pixels; 36 features of
/// each block give a mean and a covariance, and the result is √((μ - ν)ᵀ ((Σ + Π) / 2)⁻¹ (μ - ν)) with ν and Π of photographs.
/// Features without an answer (a block without a negative value) are left out of the mean, such blocks out of the covariance.
public struct NIQE: NoReferenceMetric, Sendable {
  /// The type in which values between the steps are held: results differ in the fourth digit.
  public enum Precision: String, Sendable, CaseIterable {
    /// As BasicSR does, whose numbers are published.
    case float32
    /// As pyiqa does.
    case float64
  }

  /// Which brightness is looked at: BasicSR and MATLAB take BT.601's, pyiqa by default YIQ's.
  public var luma: Luma
  /// Pixels cut from each side first.
  public var border: Int
  /// The type of values between the steps.
  public var precision: Precision

  /// NIQE as BasicSR and its authors' MATLAB program measure it.
  public init(luma: Luma = .bt601, border: Int = 0, precision: Precision = .float32) {
    self.luma = luma
    self.border = border
    self.precision = precision
  }

  /// `niqe-y` (BasicSR), `niqe-yiq` or `niqe-y-pyiqa` (pyiqa), and the border: `niqe-y-crop4`.
  public var name: String {
    switch (luma, precision) {
    case (.bt601, .float32): MetricName.of("niqe", luma, border: border)
    case (.yiq, .float64): MetricName.of("niqe", luma, border: border)
    case (.bt601, .float64): MetricName.of("niqe", luma, border: border, form: "pyiqa")
    case (.yiq, .float32): MetricName.of("niqe", luma, border: border, form: "float32")
    }
  }

  /// Less is better.
  public var higherIsBetter: Bool { false }

  /// The distance of each picture from photographs.
  /// - Throws: `QualityError` for pictures of less than two blocks; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor) throws -> [Double] {
    let levels = try levels(image_BCHW)
    return try (0..<levels.pictures).map { try Self.distance(NIQEFeatures(precision)(levels, picture: $0)) }
  }

  /// The 36 features of each block of one picture, column of blocks by column of blocks.
  /// - Parameter image_BCHW: One picture.
  /// - Returns: NaN where a block has no answer.
  /// - Throws: `QualityError` for pictures of less than two blocks; `TorchError` from libtorch.
  public func features(_ image_BCHW: Tensor) throws -> [[Double]] {
    try NIQEFeatures(precision)(levels(image_BCHW), picture: 0)
  }

  private func levels(_ image_BCHW: Tensor) throws -> LevelPlanes {
    let levels = try LevelPlanes(image_BCHW, luma: luma, border: border, roundsLuma: true, metric: name)
    let side = NIQEFeatures.blockSide
    guard (levels.height / side) * (levels.width / side) > 1 else {
      throw QualityError(
        .picture,
        "measuring \(name) of \(levels.width)x\(levels.height) pixels: it needs at least two blocks of \(side)x\(side)")
    }
    return levels
  }

  private static func distance(_ features: [[Double]]) throws -> Double {
    let count = NIQEPristineModel.count
    let mean = (0..<count).map { feature in
      let known = features.lazy.map { $0[feature] }.filter { !$0.isNaN }
      return known.reduce(0, +) / Double(known.count)
    }
    let whole = features.filter { !$0.contains(where: \.isNaN) }
    guard whole.count > 1 else {
      throw QualityError(
        .picture,
        "measuring niqe of a picture of which \(features.count - whole.count) of \(features.count) blocks are flat: nothing is "
          + "left to compare with photographs")
    }
    let covariance = try Tensor(whole.flatMap { $0 }, [whole.count, count]).covariance()
    let pristine = try Tensor(NIQEPristineModel.covariance, [count, count])
    let difference_D = try Tensor(zip(NIQEPristineModel.mean, mean).map { $0 - $1 })
    let pooled = try (pristine + covariance) / 2
    let solved = try pooled.solvingSymmetric(difference_D)
    return try (difference_D * solved).sum().item().squareRoot()
  }
}
