public import Priors
public import Torch

/// Restoration sampling: the run is pulled towards the low-quality picture's latent, `z + w g (c - z)`, much while there is
/// much noise and not at all in the end (Liang et al. 2025).
///
/// `g(s) = (s - a) / (1 - a)` above the break point a, else 0, where s falls from 1 to 0 over the run. The paper prints
/// `(t / (T - a)) / (1 - a)`, which jumps at the break point and exceeds 1; this is the reading that is continuous there
/// and 1 at the start.
public struct RestorationSampling: SamplingHook {
  /// What is pulled.
  public enum Target: String, Sendable, Hashable, Codable, CaseIterable {
    /// The predicted clean latent, before the step: the noise stays what the schedule says, and weights up to 1 are safe.
    case clean = "denoised"
    /// The latent after the step, as the paper has it: this also takes noise away, so weights must be small (0.01).
    case latent
  }

  /// How far a run is.
  public enum Progress: String, Sendable, Hashable, Codable, CaseIterable {
    /// By steps: those left over all.
    case index
    /// By noise: its part `noise / (signal + noise)` of the latent over that at the run's first level. For rectified flow
    /// this is sigma.
    case sigma
  }

  /// What may be chosen. The paper gives no values.
  public struct Settings: Sendable, Hashable, Codable {
    /// w, 0…1: 0 changes nothing.
    public var weight = 0.5
    /// a, from 0 to below 1: the progress from which on nothing is pulled any more.
    public var breakPoint = 0.5
    /// What is pulled.
    public var target = Target.clean
    /// How far the run is.
    public var progress = Progress.index

    enum CodingKeys: String, CodingKey {
      case weight = "w"
      case breakPoint = "a"
      case target, progress
    }

    /// The clean latent by half, over the first half of the steps.
    public init() {}

    /// g: the weight's factor.
    /// - Parameter progress: From 1 at the start down to 0.
    public func strength(at progress: Double) -> Double {
      progress > breakPoint ? (progress - breakPoint) / (1 - breakPoint) : 0
    }
  }

  private let low_BCHW: Tensor
  private let settings: Settings
  private let firstLevel: NoiseLevel

  /// - Parameters:
  ///   - low_BCHW: The low-quality picture's latent, scaled as the sampler's clean latents are; of the latent's size.
  ///   - settings: What was chosen.
  ///   - scheduler: The run's steps: sigma is measured by the first of them.
  /// - Throws: `RestorationError` for settings out of range.
  public init(
    towards low_BCHW: Tensor, _ settings: Settings, scheduler: any Scheduler
  ) throws {
    guard (0...1).contains(settings.weight) else {
      throw RestorationError(
        .argument, "restoration sampling with a weight of \(settings.weight): it goes from 0 (off) to 1 (replaces)")
    }
    guard (0..<1).contains(settings.breakPoint) else {
      throw RestorationError(
        .argument,
        "restoration sampling with a break point of \(settings.breakPoint): it goes from 0 (pulls to the end) to below 1"
      )
    }
    self.low_BCHW = try low_BCHW.to(.float32)
    self.settings = settings
    firstLevel = scheduler.levels.first ?? scheduler.finalLevel
  }

  /// Pulls the predicted clean latent, where that is the target.
  public func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    guard settings.target == .clean else { return clean_BCHW }
    return try pulled(clean_BCHW, progress(at: step.level, left: step.count - step.index, of: step))
  }

  /// Pulls the latent, where that is the target. One whose signal stays whole while noise grows is as long as both; it is
  /// brought to unit length before it is compared with a clean latent, and back.
  public func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    guard settings.target == .latent else { return latent_BCHW }
    let length = step.nextLevel.signal == 1 ? step.nextLevel.magnitude : 1
    let progress = progress(at: step.nextLevel, left: step.count - step.index - 1, of: step)
    if length == 1 { return try pulled(latent_BCHW, progress) }
    guard settings.weight * settings.strength(at: progress) != 0 else { return latent_BCHW }
    return try pulled(try latent_BCHW / length, progress) * length
  }

  private func progress(at level: NoiseLevel, left: Int, of step: SamplingStep) -> Double {
    switch settings.progress {
    case .index: return Double(left) / Double(step.count)
    case .sigma:
      let first = Self.share(firstLevel)
      return first > 0 ? min(Self.share(level) / first, 1) : 0
    }
  }

  private static func share(_ level: NoiseLevel) -> Double { level.noise / level.total }

  private func pulled(_ latent_BCHW: Tensor, _ progress: Double) throws -> Tensor {
    let weight = settings.weight * settings.strength(at: progress)
    guard weight != 0 else { return latent_BCHW }
    let (shape, low) = (latent_BCHW.shape, low_BCHW.shape)
    guard shape.count == 4, low.count == 4, low.dropFirst() == shape.dropFirst(), low[0] == 1 || low[0] == shape[0]
    else {
      throw RestorationError(
        .argument,
        "restoration sampling of a latent of shape \(shape) towards one of shape \(low): give the low-quality "
          + "picture's latent in the same size")
    }
    return try latent_BCHW.lerp(to: low_BCHW, weight: weight)
  }
}
