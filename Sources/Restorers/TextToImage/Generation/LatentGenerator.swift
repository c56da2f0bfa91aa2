internal import Priors
internal import Torch

/// Pictures by latent diffusion: noise of a seed, denoised from the first step to the last and decoded.
///
/// Whatever solver the schedule was written for, Euler's method is taken, which adds no noise on the way.
struct LatentGenerator<Prior: TextToImagePrior>: TextToImageGenerator {
  private let prior: Prior
  private let prompts: [Prior.Conditioning]
  private let codec: LatentCodec
  private let schedule: SchedulerConfig
  private let settings: GenerationSettings
  private let isGuided: Bool
  private let device: Device

  /// - Parameters:
  ///   - prior: The network.
  ///   - prompts: The empty prompt, and the one that is asked for.
  ///   - codec: From latents to pictures.
  ///   - schedule: The noise schedule.
  ///   - settings: What is asked for.
  ///   - isToldGuidance: Whether the network was told the guidance, so that there is nothing to do about it here.
  ///   - device: Where the networks are.
  init(
    _ prior: Prior, prompts: (negative: Prior.Conditioning, prompt: Prior.Conditioning), codec: LatentCodec,
    schedule: SchedulerConfig, _ settings: GenerationSettings, isToldGuidance: Bool = false, device: Device
  ) {
    self.prior = prior
    isGuided = settings.guidance > 1 && !isToldGuidance
    self.prompts = isGuided ? [prompts.negative, prompts.prompt] : [prompts.prompt]
    self.codec = codec
    self.schedule = schedule
    self.settings = settings
    self.device = device
  }

  func generate(seed: UInt64, monitor: RestorationMonitor) throws -> (picture_BCHW: Tensor, latent_BCHW: Tensor) {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      let (height, width) = (settings.height / codec.factor, settings.width / codec.factor)
      let scheduler = try scheduler(height: height, width: width)
      let noise = SeededNoise(seed: seed)
      let start_BCHW = try scheduler.initialLatent(
        noise: noise.noise(
          .initial, shape: [1, codec.autoencoder.config.latentChannels, height, width], device: device))
      let rows = try PromptedDenoiser(prior, prompts: prompts, passes: GuidancePasses.standard(for: device))
      let sampler = Sampler(scheduler, noise: noise, progress: progress, cancellation: monitor.cancellation)
      let latent_BCHW = try sampler.run(
        isGuided ? GuidedDenoiser(rows, scale: settings.guidance) : rows, from: start_BCHW)
      try monitor.cancellation.check()
      progress.begin(.decode)
      return (try codec.decode(latent_BCHW), latent_BCHW)
    }
  }

  private func scheduler(height: Int, width: Int) throws -> any Scheduler {
    var schedule = schedule
    guard schedule.className == FlowMatchEulerScheduler.className else {
      schedule.className = EulerDiscreteScheduler.className
      return try schedule.makeScheduler(steps: settings.steps)
    }
    guard schedule.useDynamicShifting == true else { return try schedule.makeScheduler(steps: settings.steps) }
    // A token is a square of two latent pixels a side in every model that is shifted so.
    return try schedule.makeScheduler(
      sigmas: SchedulerConfig.evenSigmas(settings.steps), mu: schedule.dynamicShift(tokens: height * width / 4))
  }
}
