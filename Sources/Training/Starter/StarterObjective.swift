public import Priors
public import Restorers
public import Torch

/// One training step's forward pass of the starter: rows at several times of the few-step loop. Where the restoration module
/// learns alone, its own answer is what counts.
///
/// As in AddSR (arXiv 2404.01717, section 3) rows at the first time start from the low-quality latent, or what the
/// restoration module makes of it; rows at later times start from the noised high-quality latent, and in part of the steps
/// their ControlNet sees the prediction of a first pass mixed into the low-quality picture, as it will in the loop. Part of
/// the later rows start from that prediction, noised, as the loop does too: otherwise the networks learn to lean on detail in
/// the latent that is not there when they restore.
public struct StarterObjective {
  /// What a batch's forward pass answered.
  public struct Answer {
    /// The error of the predicted latents, each row with its time's weight: a scalar.
    public let error: Tensor
    /// The predicted clean latents.
    public let latent_BCHW: Tensor
    /// The restored picture that the diffusion began with.
    public let presented_BCHW: Tensor
    /// Rows that stood at later times than the first.
    public let later: [Int]
  }

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

  /// Predicts the clean latents of a batch.
  /// - Parameters:
  ///   - network: With parameters that record gradients.
  ///   - high_BCHW: High-quality crops in 0…1.
  ///   - low_BCHW: Their low-quality partners, `scale` times smaller.
  ///   - random: The step's own generator: times, noise and mixing depend on the step only.
  /// - Returns: Among others the mean absolute error of the predicted clean latents over all rows.
  public func answer(
    _ network: StarterNetwork, high_BCHW: Tensor, low_BCHW: Tensor, random: Generator
  ) throws -> Answer {
    let rows = high_BCHW.size(0)
    let enlarged_BCHW = try low_BCHW.resized(
      height: high_BCHW.size(2), width: high_BCHW.size(3), .bicubic, antialias: true)
    let clean_BCHW = try codec.encode(high_BCHW)
    let presented_BCHW =
      settings.learners == .diffusion
      ? try withoutGradient { () throws(TorchError) in try network.presented(enlarged_BCHW) }
      : try network.presented(enlarged_BCHW)
    let base_BCHW = try codec.encode(presented_BCHW)
    if settings.learners == .module {
      return Answer(
        error: try base_BCHW.meanAbsoluteError(clean_BCHW), latent_BCHW: base_BCHW, presented_BCHW: presented_BCHW,
        later: [])
    }
    let noise_BCHW = try Tensor.randn(clean_BCHW.shape, generator: random, device: .cpu).to(device: clean_BCHW.device)
    let draws = try Tensor.rand([rows + 2], generator: random).doubles()

    let places = (0..<rows).map { place(of: draws[$0]) }
    let chosen = places.map { levels[$0] }
    let later = (0..<rows).filter { places[$0] > 0 }
    let isFirst_B111 = try Tensor(places.map { $0 == 0 ? Float(1) : 0 }, [rows, 1, 1, 1]).to(device: clean_BCHW.device)
    var origin_BCHW = try clean_BCHW + isFirst_B111 * (base_BCHW - clean_BCHW)
    var condition_BCHW = presented_BCHW
    if draws[rows] < settings.refined, !later.isEmpty {
      let first_LCHW = try firstPass(
        network, rows: later, presented_BCHW: presented_BCHW, base_BCHW: base_BCHW, noise_BCHW: noise_BCHW)
      condition_BCHW = try presented_BCHW.replacingRows(
        try Tensor(later).to(device: base_BCHW.device),
        with: try mixed(
          first_LCHW, into: presented_BCHW, rows: later,
          // A model that is not meant to refine does not learn to.
          weight: config.refinementWeight == 0 ? 0 : draws[rows + 1]))
      origin_BCHW = try simulated(origin_BCHW, first_LCHW, rows: later, random: random)
    }

    let fresh_BCHW = try settings.simulated > 0 ? renoised(noise_BCHW, random: random) : noise_BCHW
    let noisy_BCHW = try latent(origin_BCHW, fresh_BCHW, levels: chosen)
    let predicted_BCHW = try network.predictClean(
      noisy_BCHW, levels: chosen, condition: try network.embed(condition_BCHW), base_BCHW: base_BCHW)
    return Answer(
      error: try error(predicted_BCHW, clean_BCHW, places: places), latent_BCHW: predicted_BCHW,
      presented_BCHW: presented_BCHW, later: later)
  }

  /// The mean absolute error, each row with its time's weight.
  private func error(_ predicted_BCHW: Tensor, _ clean_BCHW: Tensor, places: [Int]) throws(TorchError) -> Tensor {
    let weight = settings.timestepWeight
    if weight.form == .constant { return try predicted_BCHW.meanAbsoluteError(clean_BCHW) }
    let weights = places.map { Float(weight.weight(at: $0, passes: $0 == 0 ? 1 : 2, of: levels.count)) }
    let errors_B = try (predicted_BCHW - clean_BCHW).abs().mean([1, 2, 3])
    return try (errors_B * Tensor(weights).to(device: errors_B.device)).mean()
  }

  /// The first step of the loop, for some rows: `[rows, C, H, W]`, without gradient.
  private func firstPass(
    _ network: StarterNetwork, rows: [Int], presented_BCHW: Tensor, base_BCHW: Tensor, noise_BCHW: Tensor
  ) throws -> Tensor {
    try withoutGradient {
      let index = try Tensor(rows).to(device: base_BCHW.device)
      let base = try base_BCHW.indexSelected(0, index)
      let presented = try presented_BCHW.indexSelected(0, index)
      let first = Array(repeating: levels[0], count: rows.count)
      let start = try latent(base, try noise_BCHW.indexSelected(0, index), levels: first)
      return try network.predictClean(
        start, levels: first, condition: try network.embed(presented), base_BCHW: base)
    }
  }

  /// What the ControlNet sees of some rows after their first pass. The weight is drawn anew each step, so that the loop's
  /// weight stays a free choice of the user.
  private func mixed(
    _ first_LCHW: Tensor, into presented_BCHW: Tensor, rows: [Int], weight: Double
  ) throws(TorchError) -> Tensor {
    let presented = try presented_BCHW.indexSelected(0, try Tensor(rows).to(device: presented_BCHW.device))
    return try presented.lerp(to: try codec.decode(first_LCHW).clamped(min: 0, max: 1), weight: weight)
  }

  /// What latents are made of, with the first pass's answer for part of the later rows.
  private func simulated(
    _ origin_BCHW: Tensor, _ first_LCHW: Tensor, rows: [Int], random: Generator
  ) throws(TorchError) -> Tensor {
    guard settings.simulated > 0 else { return origin_BCHW }
    let draws = try Tensor.rand([rows.count], generator: random).doubles()
    let taken = rows.indices.filter { draws[$0] < settings.simulated }
    guard !taken.isEmpty else { return origin_BCHW }
    return try origin_BCHW.replacingRows(
      try Tensor(taken.map { rows[$0] }).to(device: origin_BCHW.device),
      with: try first_LCHW.indexSelected(0, try Tensor(taken).to(device: first_LCHW.device)))
  }

  /// Noise that the first pass did not see, as the loop draws it between steps.
  private func renoised(_ noise_BCHW: Tensor, random: Generator) throws(TorchError) -> Tensor {
    try Tensor.randn(noise_BCHW.shape, generator: random, device: .cpu).to(device: noise_BCHW.device)
  }

  /// The position among the times of a row whose draw within 0…1 is `draw`.
  func place(of draw: Double) -> Int {
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
