internal import Degradation
internal import Priors
public import Torch

/// The loss of rectified flow: `z = (1 - t) clean + t noise`, and the mean squared error of the velocity `noise - clean`.
public struct FlowObjective: Sendable {
  private let times: TimestepDensity

  /// An objective.
  /// - Parameter times: How often each time is trained at.
  public init(times: TimestepDensity) { self.times = times }

  /// Draws noise, then a time for each row.
  /// - Parameters:
  ///   - clean_BCHW: Clean latents, float32.
  ///   - random: A generator on the CPU.
  /// - Returns: Times are told on the networks' scale of 0…1000.
  public func draw(_ clean_BCHW: Tensor, random: Generator) throws -> DiffusionObjective.Draw {
    let rows = clean_BCHW.size(0)
    let noise_BCHW = try Tensor.randn(clean_BCHW.shape, generator: random, device: .cpu).to(device: clean_BCHW.device)
    var stream = try random.stream("times")
    let times = (0..<rows).map { _ in self.times.draw(&stream) }
    return try Self.draw(clean_BCHW, noise_BCHW: noise_BCHW, times: times)
  }

  /// The same at given times with given noise.
  public static func draw(
    _ clean_BCHW: Tensor, noise_BCHW: Tensor, times: [Double]
  ) throws -> DiffusionObjective.Draw {
    let time_B111 = try Tensor(times.map { Float($0) }, [times.count, 1, 1, 1]).to(device: clean_BCHW.device)
    return DiffusionObjective.Draw(
      noisy_BCHW: try clean_BCHW + (noise_BCHW - clean_BCHW) * time_B111, target_BCHW: try noise_BCHW - clean_BCHW,
      timestep_B: try Tensor(times.map { Float($0 * 1000) }).to(device: clean_BCHW.device),
      levels: times.map { NoiseLevel(timestep: $0 * 1000, signal: 1 - $0, noise: $0) })
  }
}
