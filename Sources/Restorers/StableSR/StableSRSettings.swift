internal import Priors

/// What may be chosen in a run of StableSR.
public struct StableSRSettings: Sendable, Hashable {
  /// How a step follows from the predicted clean latent.
  public enum Method: Sendable, Hashable {
    /// From the posterior (DDPM), on a chain of as many times.
    case ancestral
    /// DDIM; `eta` is 0 for no fresh noise, 1 for as much as the ancestral steps.
    case implicit(eta: Double)
  }

  /// Network steps.
  public var steps = 200
  /// How a step follows from the predicted clean latent.
  public var method = Method.ancestral
  /// How far beyond the negative prompt; guidance is off at 1 and below.
  public var guidance = 1.0
  /// How much of the low-quality picture's features the decoder mixes in (`dec_w`), 0…1.
  public var weight = 0.5
  /// What the run begins with.
  public var start = LatentStart.picture(time: 999)
  /// Whether both predictions of a guided step go through the U-Net as one batch; nil suits the device.
  public var passes: GuidancePasses?

  /// The choices of the 512-pixel release.
  public init() {}

  /// The times of the run, rounded from an even spacing of 0…999 with both ends. The networks are told these, and the noise
  /// levels are those of these.
  ///
  /// The release's DDIM takes levels from another list than the times that it tells the network.
  /// - Throws: `SchedulerError` for a number of steps that the schedule does not have.
  func scheduler(_ parametrisation: Parametrisation) throws(SchedulerError) -> any Scheduler {
    var schedule = SchedulerConfig.stableDiffusion(DDPMScheduler.className, prediction: parametrisation)
    schedule.timestepSpacing = TimestepSpacing.linspace.rawValue
    let ancestral = try schedule.makeScheduler(steps: steps)
    guard case .implicit(let eta) = method else { return ancestral }
    schedule.className = DDIMScheduler.className
    // The chain ends at time 0: from there the last step leads to the clean latent.
    schedule.setAlphaToOne = true
    return try schedule.makeScheduler(timesteps: ancestral.levels.map(\.timestep), eta: eta)
  }
}
