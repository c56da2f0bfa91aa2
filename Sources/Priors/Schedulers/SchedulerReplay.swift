public import Torch

/// What a scheduler made of recorded network outputs.
public struct SchedulerReplay {
  /// What the network was given at each step.
  public var networkInputs: [Tensor] = []
  /// The clean latent that each output implies.
  public var cleans: [Tensor] = []
  /// The latent before the first step and after each one.
  public var trajectory: [Tensor]
}

extension Scheduler {
  /// The ratio of noise to signal at each step and at the end; for rectified flow, the noise itself.
  public var sigmas: [Double] {
    (levels + [finalLevel]).map { parametrisation == .flow ? $0.noise : $0.noise / $0.signal }
  }

  /// Takes the steps of a run whose network outputs are known: how this scheduler is compared with others.
  /// - Parameters:
  ///   - outputs: What the network answered at each step, in the scheduler's own parametrisation.
  ///   - sample: The latent that arrives at the first step.
  ///   - first: The step of the first output.
  ///   - noise: What each step draws; needed where ``needsNoise(_:)`` says so.
  /// - Returns: What each step was given and gave.
  /// - Throws: `SchedulerError` for more outputs than steps or missing noise; `TorchError`.
  public func replay(
    _ outputs: [Tensor], from sample: Tensor, startingAt first: Int = 0, noise: [Tensor] = []
  ) throws -> SchedulerReplay {
    guard first >= 0, first + outputs.count <= levels.count else {
      throw SchedulerError(
        .step, "\(outputs.count) outputs from step \(first) on were given to a run of \(levels.count) steps")
    }
    var replay = SchedulerReplay(trajectory: [sample])
    var latent = sample
    for (offset, output) in outputs.enumerated() {
      let level = levels[first + offset]
      replay.networkInputs.append(try parametrisation.networkInput(latent, at: level))
      let clean = try parametrisation.clean(from: output, noisy: latent, at: level)
      latent = try step(
        clean: clean, sample: latent, index: first + offset, previousClean: replay.cleans.last,
        noise: noise.indices.contains(offset) ? noise[offset] : nil)
      replay.cleans.append(clean)
      replay.trajectory.append(latent)
    }
    return replay
  }
}
