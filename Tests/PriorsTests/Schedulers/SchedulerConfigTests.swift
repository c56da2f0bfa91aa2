import Foundation
import Priors
import Testing
import Torch

struct SchedulerConfigTests {
  @Test func readsAPublishedFileAndPassesOverUnknownKeys() throws {
    let json = """
      {"_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.19.0.dev0", "beta_end": 0.012,
       "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false, "interpolation_type": "linear",
       "num_train_timesteps": 1000, "prediction_type": "epsilon", "sample_max_value": 1.0, "set_alpha_to_one": false,
       "skip_prk_steps": true, "steps_offset": 1, "timestep_spacing": "leading", "trained_betas": null,
       "use_karras_sigmas": false, "a_key_of_tomorrow": {"x": [1]}}
      """
    let config = try SchedulerConfig(json: Data(json.utf8))
    #expect(config.className == "EulerDiscreteScheduler")
    #expect(config.betaStart == 0.00085)
    #expect(config.stepsOffset == 1)
    #expect(config.trainedBetas == nil)
    #expect(try config.parametrisation() == .epsilon)
    #expect(try config.makeScheduler(steps: 30).levels.count == 30)
  }

  @Test func goesThroughJSON() throws {
    let config = SchedulerConfig.stableDiffusion(DDIMScheduler.className, prediction: .velocity)
    #expect(try SchedulerConfig(json: JSONEncoder().encode(config)) == config)
  }

  @Test(arguments: SchedulerRegistry.types.keys.sorted())
  func everyNameMakesItsScheduler(name: String) throws {
    let scheduler = try SchedulerConfig(className: name).makeScheduler(steps: 2)
    #expect(type(of: scheduler).className == name)
    #expect(scheduler.levels.count == 2)
  }

  @Test(arguments: [
    ("", "reading a scheduler configuration: it is not JSON"),
    ("[]", "reading a scheduler configuration: '' is not a value of type Dictionary<String, Any>"),
    ("{}", "reading a scheduler configuration: it has no '_class_name'"),
    (#"{"_class_name": "DDPMScheduler", "beta_start": "x"}"#, "'beta_start' is not a value of type Double"),
    (#"{"_class_name": "DDPMScheduler", "steps_offset": 1.5}"#, "it has a fraction where a whole number belongs"),
  ])
  func saysWhatIsWrongWithAFile(json: String, words: String) {
    do {
      _ = try SchedulerConfig(json: Data(json.utf8))
      Issue.record("accepted \(json)")
    } catch {
      #expect(error.code == .configuration)
      #expect(error.message.contains(words), "\(error.message)")
    }
  }

  struct Refusal: Sendable {
    let json: String
    let request: StepRequest
    let words: String

    init(_ json: String, _ words: String) { self.init(json, StepRequest(.count(10)), words) }

    init(_ json: String, _ request: StepRequest, _ words: String) {
      self.json = json
      self.request = request
      self.words = words
    }
  }

  @Test(arguments: [
    Refusal(#""_class_name": "PNDMScheduler""#, "there is no scheduler 'PNDMScheduler'; known are DDIMScheduler, DDPM"),
    Refusal(
      #""_class_name": "DDPMScheduler", "beta_schedule": "sigmoid""#, "'beta_schedule': 'sigmoid'; known are 'linear'"),
    Refusal(#""_class_name": "DDPMScheduler", "prediction_type": "x""#, "'prediction_type': 'x'"),
    Refusal(#""_class_name": "DDPMScheduler", "timestep_spacing": "x""#, "'timestep_spacing': 'x'"),
    Refusal(#""_class_name": "DDPMScheduler", "variance_type": "learned""#, "'variance_type': 'learned'"),
    Refusal(
      #""_class_name": "DDPMScheduler", "clip_sample": true"#, "'clip_sample': true; it is for diffusion on pixels"),
    Refusal(#""_class_name": "DDIMScheduler", "thresholding": true"#, "'thresholding': true"),
    Refusal(#""_class_name": "DDPMScheduler", "num_train_timesteps": 0"#, "'num_train_timesteps' is 0"),
    Refusal(#""_class_name": "DDPMScheduler", "num_train_timesteps": 100000000000"#, "must be between 1 and 1000000"),
    Refusal(#""_class_name": "DDPMScheduler", "beta_start": -1"#, "must not be negative"),
    Refusal(#""_class_name": "DDPMScheduler", "beta_end": 1.5"#, "must be numbers from 0 up to below 1"),
    Refusal(#""_class_name": "DDPMScheduler", "trained_betas": []"#, "must be numbers from 0 up to below 1"),
    Refusal(#""_class_name": "DDPMScheduler", "trained_betas": [0.1, 1]"#, "must be numbers from 0 up to below 1"),
    Refusal(
      #""_class_name": "DDPMScheduler""#, StepRequest(.count(0)), "0 steps were asked for; this noise schedule allows 1"
    ),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.count(-3)), "-3 steps were asked for"),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.count(1001)), "allows 1 to 1000"),
    Refusal(
      #""_class_name": "DDPMScheduler", "steps_offset": 1"#, StepRequest(.count(1000)), "time 1000.0 is not a whole"),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.timesteps([])), "must fall from one to the next"),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.timesteps([5, 5])), "must fall from one to the next"),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.timesteps([.nan])), "must fall from one to the next"),
    Refusal(#""_class_name": "DDPMScheduler""#, StepRequest(.timesteps([5.5])), "time 5.5 is not a whole number"),
    Refusal(
      #""_class_name": "DDPMScheduler""#, StepRequest(.sigmas([1])), "DDPMScheduler takes a number of steps or times"),
    Refusal(
      #""_class_name": "DDPMScheduler", "rescale_betas_zero_snr": true, "timestep_spacing": "trailing""#,
      "time 999.0 holds no signal ('rescale_betas_zero_snr')"),
    Refusal(#""_class_name": "DDIMScheduler""#, StepRequest(.count(5), eta: 2), "eta 2.0; it goes from 0"),
    Refusal(
      #""_class_name": "EulerDiscreteScheduler""#, StepRequest(.timesteps([2000])), "do not all lie within 0…999"),
    Refusal(#""_class_name": "EulerDiscreteScheduler""#, StepRequest(.sigmas([1, 0])), "must all be above 0"),
    Refusal(#""_class_name": "EulerDiscreteScheduler", "interpolation_type": "log_linear""#, "'interpolation_type'"),
    Refusal(#""_class_name": "EulerDiscreteScheduler", "final_sigmas_type": "x""#, "'final_sigmas_type': 'x'"),
    Refusal(
      #""_class_name": "DPMSolverMultistepScheduler", "solver_order": 3"#, "'solver_order': 3; known are 1 and 2"),
    Refusal(#""_class_name": "DPMSolverMultistepScheduler", "solver_type": "heun""#, "'solver_type': 'heun'"),
    Refusal(#""_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver""#, "'algorithm_type'"),
    Refusal(#""_class_name": "DPMSolverMultistepScheduler""#, StepRequest(.count(1000)), "allows 1 to 999"),
    Refusal(#""_class_name": "DPMSolverMultistepScheduler""#, StepRequest(.timesteps([1000])), "do not all lie within"),
    Refusal(
      #""_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": true"#, StepRequest(.count(0)), "0 steps"),
    Refusal(#""_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true"#, "give mu"),
    Refusal(
      #""_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true"#,
      StepRequest(.count(4), mu: .infinity), "gives no usable shift"),
    Refusal(#""_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 0"#, "'shift' is 0.0"),
    Refusal(#""_class_name": "FlowMatchEulerDiscreteScheduler""#, StepRequest(.count(0)), "0 steps were asked for"),
    Refusal(
      #""_class_name": "FlowMatchEulerDiscreteScheduler""#, StepRequest(.sigmas([1.5, 1])), "must lie above 0 and not"),
    Refusal(
      #""_class_name": "FlowMatchEulerDiscreteScheduler""#, StepRequest(.sigmas([0.5, 0])), "must lie above 0 and not"),
    Refusal(
      #""_class_name": "FlowMatchEulerDiscreteScheduler", "use_karras_sigmas": true"#, "'use_karras_sigmas': true"),
    Refusal(
      #""_class_name": "RenoisingScheduler""#, StepRequest(.count(5)),
      "5 steps were asked of a model that was distilled for 1 to 4"),
    Refusal(#""_class_name": "RenoisingScheduler", "renoising_timesteps": []"#, "1 to 0"),
    Refusal(
      #""_class_name": "RenoisingScheduler", "renoising_timesteps": [10, 20]"#, StepRequest(.count(2)), "must fall"),
    Refusal(#""_class_name": "RenoisingScheduler""#, StepRequest(.sigmas([1])), "takes a number of steps or times"),
  ])
  func refusesWhatItCannotFollow(refusal: Refusal) throws {
    let config = try SchedulerConfig(json: Data("{\(refusal.json)}".utf8))
    do {
      _ = try config.makeScheduler(refusal.request)
      Issue.record("accepted \(refusal.json)")
    } catch {
      #expect(error.message.contains(refusal.words), "\(error.message)")
    }
  }

  @Test func stepsRefuseWhatTheyCannotUse() throws {
    let scheduler = try SchedulerConfig.stableDiffusion().makeScheduler(steps: 4)
    let x = try Tensor.zeros([1, 1, 2, 2])
    func message(_ body: () throws -> Tensor) -> String? {
      do {
        _ = try body()
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      message { try scheduler.step(clean: x, sample: x, index: 0) }
        == "step 0 of DDPMScheduler adds noise but was given none")
    #expect(message { try scheduler.step(clean: x, sample: x, index: 4) } == "step 4 was asked of a run of 4 steps")
    #expect(message { try scheduler.step(clean: x, sample: x, index: -1) } == "step -1 was asked of a run of 4 steps")
    #expect(message { try scheduler.step(clean: x, sample: x, index: 3) } == nil)
    #expect(throws: SchedulerError.self) { try scheduler.replay([x, x], from: x, startingAt: 3) }
    #expect(throws: SchedulerError.self) { try scheduler.level(atTimestep: 1000) }
  }

  @Test func optionsTakeEffect() throws {
    func weights(_ name: String, _ edit: (inout SchedulerConfig) -> Void, eta: Double = 0) throws -> [StepCoefficients]
    {
      var config = SchedulerConfig.stableDiffusion(name)
      edit(&config)
      let scheduler = try config.makeScheduler(steps: 10, eta: eta)
      return (0..<10).map { scheduler.coefficients($0, hasPrevious: true) }
    }
    let ddpm = try weights("DDPMScheduler") { _ in }
    #expect(try ddpm != weights("DDPMScheduler") { $0.varianceType = "fixed_large" })
    #expect(try ddpm != weights("DDPMScheduler") { $0.betaEnd = 0.02 })
    #expect(try ddpm != weights("DDPMScheduler") { $0.betaSchedule = "linear" })
    #expect(try ddpm != weights("DDPMScheduler") { $0.rescaleBetasZeroSNR = true })
    #expect(try ddpm != weights("DDPMScheduler") { $0.stepsOffset = 0 })
    #expect(try ddpm != weights("DDPMScheduler") { $0.numTrainTimesteps = 500 })
    let betas = (0..<1000).map { 1e-4 + 1e-5 * Double($0) }
    #expect(try ddpm != weights("DDPMScheduler") { $0.trainedBetas = betas })
    let ddim = try weights("DDIMScheduler") { _ in }
    #expect(try ddim != weights("DDIMScheduler", { _ in }, eta: 1))
    #expect(try ddim.last != weights("DDIMScheduler") { $0.setAlphaToOne = true }.last)
    let dpm = try weights("DPMSolverMultistepScheduler") { $0.finalSigmasType = "sigma_min" }
    #expect(dpm.last?.previousClean == 0)
    #expect(
      try weights("DPMSolverMultistepScheduler") {
        $0.finalSigmasType = "sigma_min"
        $0.lowerOrderFinal = false
        $0.timestepSpacing = "trailing"
      }.last?.previousClean != 0)
    func flow(_ edit: (inout SchedulerConfig) -> Void) throws -> [Double] {
      var config = SchedulerConfig(className: "FlowMatchEulerDiscreteScheduler")
      edit(&config)
      return try config.makeScheduler(sigmas: SchedulerConfig.evenSigmas(5), mu: 1).sigmas
    }
    #expect(try flow { _ in } != flow { $0.shift = 3 })
    #expect(try flow { $0.useDynamicShifting = true } != flow { _ in })
    #expect(
      try flow { $0.useDynamicShifting = true }
        != flow {
          $0.useDynamicShifting = true
          $0.timeShiftType = "linear"
        })
    #expect(abs(try flow { $0.shiftTerminal = 0.05 }[4] - 0.05) < 1e-12)
  }
}
