public import Priors
public import Torch

/// The loss of discrete diffusion models: rows at evenly drawn times, the mean squared error of what the network predicts.
public struct DiffusionObjective: Sendable {
  private let schedule: DiffusionSchedule
  /// What the network predicts.
  public let parametrisation: Parametrisation

  /// Latents with noise in them, and what a perfect network would answer.
  public struct Draw {
    /// What the network sees, BCHW float32.
    public let noisy_BCHW: Tensor
    /// What it should answer.
    public let target_BCHW: Tensor
    /// The time of each row, float32.
    public let timestep_B: Tensor
    /// The noise levels of the rows.
    public let levels: [NoiseLevel]
  }

  /// An objective over a noise schedule.
  /// - Throws: `SchedulerError` for a schedule that makes no sense.
  public init(_ config: SchedulerConfig) throws {
    schedule = try DiffusionSchedule(config)
    parametrisation = try config.parametrisation()
  }

  /// Draws noise, then a time for each row.
  /// - Parameters:
  ///   - clean_BCHW: Clean latents, float32.
  ///   - random: A generator on the CPU.
  public func draw(_ clean_BCHW: Tensor, random: Generator) throws -> Draw {
    let noise_BCHW = try Tensor.randn(clean_BCHW.shape, generator: random, device: .cpu).to(device: clean_BCHW.device)
    let levels = try schedule.evenLevels(clean_BCHW.size(0), random: random)
    return try self.draw(clean_BCHW, noise_BCHW: noise_BCHW, levels: levels)
  }

  /// The same at given levels with given noise.
  public func draw(_ clean_BCHW: Tensor, noise_BCHW: Tensor, levels: [NoiseLevel]) throws -> Draw {
    func column(_ values: [Double]) throws -> Tensor {
      try Tensor(values.map { Float($0) }, [values.count, 1, 1, 1]).to(device: clean_BCHW.device)
    }
    let (signal_B111, sigma_B111) = (try column(levels.map(\.signal)), try column(levels.map(\.noise)))
    let target_BCHW: Tensor =
      switch parametrisation {
      case .epsilon: noise_BCHW
      case .velocity: try noise_BCHW * signal_B111 - clean_BCHW * sigma_B111
      case .flow: try noise_BCHW - clean_BCHW
      case .clean: clean_BCHW
      }
    return Draw(
      noisy_BCHW: try clean_BCHW * signal_B111 + noise_BCHW * sigma_B111, target_BCHW: target_BCHW,
      timestep_B: try Tensor(levels.map { Float($0.timestep) }).to(device: clean_BCHW.device), levels: levels)
  }
}
