import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// What holds for every scheduler and every number of steps.
struct SchedulerPropertyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let config: SchedulerConfig
    var eta = 0.0
    var churn: Churn?
    var largest = 1000

    var testDescription: String { name }

    func scheduler(_ steps: Int) throws -> any Scheduler {
      let mu = config.useDynamicShifting == true ? config.dynamicShift(tokens: 1024) : nil
      return try config.makeScheduler(StepRequest(.count(steps), mu: mu, eta: eta, churn: churn))
    }
  }

  private static func make(_ name: String, _ edit: (inout SchedulerConfig) -> Void = { _ in }) -> SchedulerConfig {
    var config =
      name == FlowMatchEulerScheduler.className ? SchedulerConfig(className: name) : .stableDiffusion(name)
    edit(&config)
    return config
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for spacing in TimestepSpacing.allCases {
      let set = { (config: inout SchedulerConfig) in config.timestepSpacing = spacing.rawValue }
      cases.append(Case(name: "ddpm \(spacing)", config: make("DDPMScheduler", set)))
      cases.append(Case(name: "euler \(spacing)", config: make("EulerDiscreteScheduler", set)))
      cases.append(Case(name: "dpm \(spacing)", config: make("DPMSolverMultistepScheduler", set)))
      if spacing != .linspace {
        cases.append(Case(name: "ddim \(spacing)", config: make("DDIMScheduler", set)))
        cases.append(Case(name: "ddim eta \(spacing)", config: make("DDIMScheduler", set), eta: 0.7))
      }
    }
    cases += [
      Case(
        name: "euler karras churn",
        config: make("EulerDiscreteScheduler") {
          $0.useKarrasSigmas = true
          $0.timestepSpacing = "linspace"
        }, churn: Churn(amount: 5, minimumSigma: 0.1, maximumSigma: 12)),
      Case(name: "dpm karras", config: make("DPMSolverMultistepScheduler") { $0.useKarrasSigmas = true }),
      Case(name: "dpm first order", config: make("DPMSolverMultistepScheduler") { $0.solverOrder = 1 }),
      Case(
        name: "dpm sde", config: make("DPMSolverMultistepScheduler") { $0.algorithmType = "sde-dpmsolver++" }),
      Case(
        name: "dpm to the smallest sigma",
        config: make("DPMSolverMultistepScheduler") {
          $0.finalSigmasType = "sigma_min"
          $0.timestepSpacing = "trailing"
        }),
      Case(
        name: "euler without final signal",
        config: make("EulerDiscreteScheduler") {
          $0.rescaleBetasZeroSNR = true
          $0.timestepSpacing = "trailing"
        }),
      Case(name: "flow", config: make("FlowMatchEulerDiscreteScheduler")),
      Case(name: "flow shift", config: make("FlowMatchEulerDiscreteScheduler") { $0.shift = 3 }),
      Case(name: "flow dynamic", config: make("FlowMatchEulerDiscreteScheduler") { $0.useDynamicShifting = true }),
      Case(name: "flow stochastic", config: make("FlowMatchEulerDiscreteScheduler") { $0.stochasticSampling = true }),
      Case(name: "renoising", config: make("RenoisingScheduler"), largest: 4),
      Case(name: "cosine", config: make("DDPMScheduler") { $0.betaSchedule = "squaredcos_cap_v2" }),
      Case(name: "linear", config: make("DDPMScheduler") { $0.betaSchedule = "linear" }),
    ]
    return cases
  }()

  /// Divisors of 1000: for others DDIM steps by a stride that its list of times does not have.
  private static let counts = [1, 2, 4, 5, 8, 10, 20, 25, 50, 100]

  @Test(arguments: cases)
  func levelsFall(of run: Case) throws {
    for count in Self.counts where count <= run.largest {
      let scheduler = try run.scheduler(count)
      #expect(scheduler.levels.count == count)
      #expect(scheduler.sigmas.count == count + 1)
      let noises = (0..<count).map { scheduler.arrivalLevel($0).noise } + [scheduler.finalLevel.noise]
      #expect(zip(noises, noises.dropFirst()).allSatisfy { $0 > $1 }, "\(count) \(noises)")
      #expect(scheduler.levels.allSatisfy { $0.signal >= 0 && $0.noise > 0 && $0.timestep >= 0 })
    }
  }

  /// A step turns `signal · clean + noise · ε` into the same of the next level, with as much fresh noise as it adds.
  @Test(arguments: cases)
  func stepsKeepTheDistribution(of run: Case) throws {
    for count in Self.counts where count <= run.largest {
      let scheduler = try run.scheduler(count)
      for index in 0..<count {
        let level = scheduler.levels[index]
        let next = index + 1 < count ? scheduler.arrivalLevel(index + 1) : scheduler.finalLevel
        for hasPrevious in [false, true] {
          let weights = scheduler.coefficients(index, hasPrevious: hasPrevious)
          let signal = weights.clean + weights.previousClean + weights.sample * level.signal
          let noise = hypot(weights.sample * level.noise, weights.noise)
          #expect(
            abs(signal - next.signal) < 1e-9, "\(count) steps, step \(index): signal \(signal), not \(next.signal)")
          #expect(abs(noise - next.noise) < 1e-7, "\(count) steps, step \(index): noise \(noise), not \(next.noise)")
          #expect(hasPrevious || weights.previousClean == 0)
        }
        let arrival = scheduler.arrivalLevel(index)
        #expect(abs(hypot(arrival.noise, scheduler.churnScale(index)) - level.noise) < 1e-9)
      }
    }
  }

  /// A network that always knows the clean latent: every scheduler must arrive at it.
  @Test(arguments: cases)
  func aPerfectNetworkLeadsToTheCleanLatent(of run: Case) throws {
    let generator = try Generator(seed: 7)
    let clean = try Tensor.randn([1, 2, 3, 5], generator: generator)
    for count in [1, 3, 4, 20] where count <= run.largest {
      let scheduler = try run.scheduler(count)
      let start = try Tensor.randn(clean.shape, generator: generator)
      var latent = try scheduler.addNoise(clean: clean, noise: start, level: scheduler.arrivalLevel(0))
      for index in 0..<count {
        latent = try scheduler.churned(latent, index: index, noise: Tensor.randn(clean.shape, generator: generator))
        latent = try scheduler.step(
          clean: clean, sample: latent, index: index, previousClean: index > 0 ? clean : nil,
          noise: scheduler.needsNoise(index) ? Tensor.randn(clean.shape, generator: generator) : nil)
      }
      let left = scheduler.finalLevel.noise + (1 - scheduler.finalLevel.signal)
      #expect(try Difference(latent, clean, absolute: 1e-5 + 5 * left, relative: 1e-5).isClose, "\(count) steps")
    }
  }

  @Test(arguments: cases)
  func sameInputsGiveTheSameLatent(of run: Case) throws {
    let generator = try Generator(seed: 11)
    let parts = try (0..<4).map { _ in try Tensor.randn([1, 4, 4, 4], generator: generator) }
    let scheduler = try run.scheduler(min(4, run.largest))
    func step() throws -> [Float] {
      try scheduler.step(clean: parts[0], sample: parts[1], index: 1, previousClean: parts[2], noise: parts[3]).floats()
    }
    let before = try parts.map { try $0.floats() }
    #expect(try step() == step())
    #expect(try parts.map { try $0.floats() } == before, "a step must not write into its arguments")
  }

  @Test func theSecondOrderStepUsesTheEarlierPrediction() throws {
    let scheduler = try Self.make("DPMSolverMultistepScheduler").makeScheduler(steps: 20)
    #expect(scheduler.coefficients(5, hasPrevious: true).previousClean < 0)
    #expect(scheduler.coefficients(5, hasPrevious: false).previousClean == 0)
    #expect(scheduler.coefficients(0, hasPrevious: true).previousClean == 0)
    #expect(scheduler.coefficients(19, hasPrevious: true).previousClean == 0)
  }

  @Test func churnRaisesLevelsWithinItsRangeOnly() throws {
    let config = Self.make("EulerDiscreteScheduler") { $0.timestepSpacing = "linspace" }
    let churn = Churn(amount: 4, minimumSigma: 0.5, maximumSigma: 5, noiseScale: 1.01)
    let plain = try config.makeScheduler(steps: 10)
    let churned = try config.makeScheduler(StepRequest(.count(10), churn: churn))
    for (index, (a, b)) in zip(plain.levels, churned.levels).enumerated() {
      if (0.5...5).contains(a.noise) {
        #expect(abs(b.noise / a.noise - 1.4) < 1e-12)
        #expect(b.timestep > a.timestep)
        #expect(churned.churnScale(index) > 0)
      } else {
        #expect(a == b)
        #expect(churned.churnScale(index) == 0)
      }
    }
    let strong = try config.makeScheduler(StepRequest(.count(10), churn: Churn(amount: 100)))
    #expect(abs(strong.levels[3].noise / plain.levels[3].noise - 2.0.squareRoot()) < 1e-12)
  }

  @Test func runsMayStartAtAPicture() throws {
    let scheduler = try SchedulerConfig.stableDiffusion().makeScheduler(steps: 50)
    #expect(scheduler.firstStep(atOrBelow: 999) == 0)
    #expect(scheduler.firstStep(atOrBelow: 981) == 0)
    #expect(scheduler.firstStep(atOrBelow: 980) == 1)
    #expect(scheduler.firstStep(atOrBelow: 0) == 50)
    #expect(try abs(scheduler.level(atTimestep: 999).signal - 0.06826491) < 1e-6)
  }
}
