import Foundation
import Priors
import Testing
import Torch

/// Numbers computed in double precision from the formulas; the schedule itself is float32, as the models were trained.
struct ScheduleGoldenTests {
  private static func isClose(_ a: Double, _ b: Double, within tolerance: Double) -> Bool { abs(a - b) <= tolerance }

  @Test(arguments: [
    (0, 0.99915000, 0.99957491, 0.02915476), (1, 0.99829603, 0.99914765, 0.04127920),
    (249, 0.67543241, 0.82184695, 0.56970833), (499, 0.27766965, 0.52694369, 0.84990020),
    (749, 0.05662349, 0.23795691, 0.97127571), (961, 0.00728173, 0.08533304, 0.99635248),
    (981, 0.00577550, 0.07599671, 0.99710807), (999, 0.00466010, 0.06826491, 0.99766723),
  ])
  func signalAndNoiseOfStableDiffusion(time: Int, product: Double, signal: Double, noise: Double) throws {
    let schedule = try DiffusionSchedule(.stableDiffusion())
    let level = try schedule.level(Double(time))
    #expect(Self.isClose(schedule.alphasCumprod[time], product, within: 1e-6))
    #expect(Self.isClose(level.signal, signal, within: 1e-6))
    #expect(Self.isClose(level.noise, noise, within: 1e-6))
  }

  @Test func sigmasOfStableDiffusion() throws {
    let sigmas = try DiffusionSchedule(.stableDiffusion()).sigmas
    #expect(Self.isClose(sigmas[0], 0.0291672, within: 1e-6))
    #expect(Self.isClose(sigmas[999], 14.614641, within: 1e-4))
  }

  struct Step: Sendable {
    let spacing: TimestepSpacing
    let steps: Int
    let index: Int
    let time: Double
    let clean: Double
    let sample: Double
    let variance: Double
  }

  @Test(arguments: [
    // SeeSR: 50 steps.
    Step(
      spacing: .leading, steps: 50, index: 0, time: 981, clean: 0.01775370, sample: 0.88924034,
      variance: 0.45446327 * 0.45446327),
    Step(
      spacing: .leading, steps: 50, index: 1, time: 961, clean: 0.01936487, sample: 0.89203125,
      variance: 0.44828244 * 0.44828244),
    Step(
      spacing: .leading, steps: 50, index: 24, time: 501, clean: 0.06847845, sample: 0.91787282,
      variance: 0.29478454 * 0.29478454),
    Step(
      spacing: .leading, steps: 50, index: 48, time: 21, clean: 0.91392694, sample: 0.08606920,
      variance: 0.03947955 * 0.03947955),
    Step(spacing: .leading, steps: 50, index: 49, time: 1, clean: 1, sample: 0, variance: 0),
    // StableSR: a chain respaced to 200 and to 4 steps.
    Step(
      spacing: .linspace, steps: 200, index: 0, time: 999, clean: 0.00412836, sample: 0.97007411, variance: 0.05839240),
    Step(
      spacing: .linspace, steps: 200, index: 99, time: 502, clean: 0.01738199, sample: 0.97891291, variance: 0.02362466),
    Step(
      spacing: .linspace, steps: 200, index: 198, time: 5, clean: 0.83561413, sample: 0.16438541, variance: 7.105741e-4),
    Step(
      spacing: .linspace, steps: 4, index: 0, time: 999, clean: 0.31123570, sample: 0.18934294, variance: 0.85923585),
    Step(
      spacing: .linspace, steps: 4, index: 1, time: 666, clean: 0.65675499, sample: 0.23030527, variance: 0.41757093),
    Step(
      spacing: .linspace, steps: 4, index: 2, time: 333, clean: 0.99859667, sample: 0.00133745, variance: 8.491682e-4),
    Step(spacing: .linspace, steps: 4, index: 3, time: 0, clean: 1, sample: 0, variance: 0),
  ])
  func ancestralSteps(step: Step) throws {
    var config = SchedulerConfig.stableDiffusion()
    config.timestepSpacing = step.spacing.rawValue
    let scheduler = try config.makeScheduler(steps: step.steps)
    #expect(scheduler.levels.count == step.steps)
    #expect(scheduler.levels[step.index].timestep == step.time)
    let weights = scheduler.coefficients(step.index, hasPrevious: true)
    #expect(Self.isClose(weights.clean, step.clean, within: 5e-6))
    #expect(Self.isClose(weights.sample, step.sample, within: 5e-6))
    #expect(Self.isClose(weights.noise * weights.noise, step.variance, within: 5e-6))
  }

  @Test func timesOfSDXL() throws {
    var config = SchedulerConfig.stableDiffusion(EulerDiscreteScheduler.className)
    config.timestepSpacing = "leading"
    let scheduler = try config.makeScheduler(steps: 30)
    let times = scheduler.levels.map(\.timestep)
    #expect(Array(times.prefix(4)) == [958, 925, 892, 859])
    #expect(Array(times.suffix(2)) == [34, 1])
    #expect(Self.isClose(scheduler.sigmas[0], 11.4768, within: 1e-4))
  }

  private static func flow(_ edit: (inout SchedulerConfig) -> Void) -> SchedulerConfig {
    var config = SchedulerConfig(className: FlowMatchEulerScheduler.className)
    edit(&config)
    return config
  }

  @Test(arguments: [
    (28, [0, 1, 2, 3, 25, 26, 27, 28], [1, 0.987381, 0.974108, 0.960129, 0.199827, 0.110906, 0.008929, 0]),
    (4, [0, 1, 2, 3, 4], [1, 0.857692, 0.602151, 0.008929, 0]),
  ])
  func levelsOfStableDiffusion3(steps: Int, places: [Int], sigmas: [Double]) throws {
    let scheduler = try Self.flow { $0.shift = 3 }.makeScheduler(steps: steps)
    for (place, sigma) in zip(places, sigmas) {
      #expect(Self.isClose(scheduler.sigmas[place], sigma, within: 1e-6), "\(place)")
    }
  }

  @Test(arguments: [(512, 0.63), (768, 0.84667), (1024, 1.15), (1536, 2.01667), (2048, 3.23)])
  func shiftOfFluxByPictureSide(side: Int, mu: Double) {
    let tokens = (side / 16) * (side / 16)
    #expect(Self.isClose(Self.flow { _ in }.dynamicShift(tokens: tokens), mu, within: 1e-5))
  }

  @Test func levelsOfFlux() throws {
    let config = Self.flow { $0.useDynamicShifting = true }
    let scheduler = try config.makeScheduler(
      sigmas: SchedulerConfig.evenSigmas(28), mu: config.dynamicShift(tokens: 4096))
    let expected = [0: 1, 1: 0.98841, 2: 0.97622, 3: 0.96339, 25: 0.27483, 26: 0.19545, 27: 0.10472, 28: 0]
    for (place, sigma) in expected { #expect(Self.isClose(scheduler.sigmas[place], sigma, within: 1e-5), "\(place)") }
    let fast = try Self.flow { _ in }.makeScheduler(sigmas: SchedulerConfig.evenSigmas(4))
    #expect(fast.sigmas == [1, 0.75, 0.5, 0.25, 0])
  }

  @Test func timesOfAddSR() throws {
    let config = SchedulerConfig.stableDiffusion(RenoisingScheduler.className)
    for (steps, times) in [(1, [999]), (2, [999, 749]), (3, [999, 749, 499]), (4, [999, 749, 499, 249])] {
      let scheduler = try config.makeScheduler(steps: steps)
      #expect(scheduler.levels.map(\.timestep) == times.map { Double($0) })
      #expect(scheduler.coefficients(steps - 1, hasPrevious: true) == StepCoefficients(clean: 1, sample: 0))
    }
    let weights = try config.makeScheduler(steps: 4).coefficients(0, hasPrevious: false)
    #expect(Self.isClose(weights.clean, 0.23795691, within: 1e-6))
    #expect(Self.isClose(weights.noise, 0.97127571, within: 1e-6))
    #expect(weights.sample == 0)
  }
}
