public import Priors
public import Restorers
public import Torch

/// One training step's forward pass of the starter: rows at several times of the few-step loop, one loss.
///
/// As in AddSR (arXiv 2404.01717, section 3) rows at the first time start from the low-quality latent; rows at later times
/// start from the noised high-quality latent, and in part of the steps their ControlNet sees the prediction of a first
/// pass mixed into the low-quality picture, as it will in the loop.
public struct StarterObjective {
  private let config: StarterConfig
  private let settings: StarterRecipe.Objective
  private let codec: PixelCodec
  private let levels: [NoiseLevel]

  /// An objective for a model.
  /// - Parameter levels: Noise levels of the configuration's times, noisiest first.
  public init(_ config: StarterConfig, settings: StarterRecipe.Objective, levels: [NoiseLevel]) {
    self.config = config
    self.settings = settings
    self.levels = levels
    codec = PixelCodec(factor: config.unshuffle)
  }

  /// The loss of a batch.
  /// - Parameters:
  ///   - network: With parameters that record gradients.
  ///   - high_BCHW: High-quality crops in 0…1.
  ///   - low_BCHW: Their low-quality partners, `scale` times smaller.
  ///   - random: The step's own generator: times, noise and mixing depend on the step only.
  /// - Returns: The mean absolute error of the predicted clean latent over all rows, a scalar.
  public func loss(
    _ network: StarterNetwork, high_BCHW: Tensor, low_BCHW: Tensor, random: Generator
  ) throws -> Tensor {
    let rows = high_BCHW.size(0)
    let enlarged_BCHW = try low_BCHW.resized(
      height: high_BCHW.size(2), width: high_BCHW.size(3), .bicubic, antialias: true)
    let clean_BCHW = try codec.encode(high_BCHW)
    let base_BCHW = try codec.encode(enlarged_BCHW)
    let noise_BCHW = try Tensor.randn(clean_BCHW.shape, generator: random, device: .cpu).to(device: clean_BCHW.device)
    let draws = try Tensor.rand([rows + 2], generator: random).doubles()

    let chosen = (0..<rows).map { levels[index(of: draws[$0])] }
    let later = (0..<rows).filter { chosen[$0] != levels[0] }
    var condition_BCHW = enlarged_BCHW
    if draws[rows] < settings.refined, !later.isEmpty {
      condition_BCHW = try refined(
        network, rows: later, enlarged_BCHW: enlarged_BCHW, base_BCHW: base_BCHW, noise_BCHW: noise_BCHW,
        weight: draws[rows + 1])
    }

    let isFirst_B111 = try Tensor(chosen.map { $0 == levels[0] ? Float(1) : 0 }, [rows, 1, 1, 1])
      .to(device: clean_BCHW.device)
    let origin_BCHW = try clean_BCHW + isFirst_B111 * (base_BCHW - clean_BCHW)
    let noisy_BCHW = try latent(origin_BCHW, noise_BCHW, levels: chosen)
    let predicted_BCHW = try network.predictClean(
      noisy_BCHW, levels: chosen, condition: try network.embed(condition_BCHW), base_BCHW: base_BCHW)
    return try predicted_BCHW.meanAbsoluteError(clean_BCHW)
  }

  /// The conditions with the prediction of a first pass mixed into those of some rows. The weight is drawn anew each step,
  /// so that the loop's weight stays a free choice of the user.
  private func refined(
    _ network: StarterNetwork, rows: [Int], enlarged_BCHW: Tensor, base_BCHW: Tensor, noise_BCHW: Tensor, weight: Double
  ) throws -> Tensor {
    try withoutGradient {
      let index = try Tensor(rows).to(device: base_BCHW.device)
      let base = try base_BCHW.indexSelected(0, index)
      let enlarged = try enlarged_BCHW.indexSelected(0, index)
      let first = Array(repeating: levels[0], count: rows.count)
      let start = try latent(base, try noise_BCHW.indexSelected(0, index), levels: first)
      let clean = try network.predictClean(
        start, levels: first, condition: try network.embed(enlarged), base_BCHW: base)
      let mixed = try enlarged.lerp(to: try codec.decode(clean).clamped(min: 0, max: 1), weight: weight)
      return try enlarged_BCHW.replacingRows(index, with: mixed)
    }
  }

  /// The position among the times of a row whose draw within 0…1 is `draw`.
  func index(of draw: Double) -> Int {
    guard draw >= settings.first, levels.count > 1 else { return 0 }
    let later = (draw - settings.first) / max(1 - settings.first, 1e-9)
    return 1 + min(Int(later * Double(levels.count - 1)), levels.count - 2)
  }

  private func latent(_ clean: Tensor, _ noise: Tensor, levels: [NoiseLevel]) throws(TorchError) -> Tensor {
    let signal = try Tensor(levels.map { Float($0.signal) }, [levels.count, 1, 1, 1]).to(device: clean.device)
    let sigma = try Tensor(levels.map { Float($0.noise) }, [levels.count, 1, 1, 1]).to(device: clean.device)
    return try clean * signal + noise * sigma
  }
}
