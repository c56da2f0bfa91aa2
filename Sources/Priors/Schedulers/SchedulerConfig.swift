public import Foundation

/// What a `scheduler_config.json` says, under its own names.
///
/// A field that the file lacks stays nil and takes the default of the scheduler class that `_class_name` names; keys
/// that are not listed here are passed over.
public struct SchedulerConfig: Codable, Sendable, Equatable {
  /// `_class_name`: which scheduler this is for. May be changed: SeeSR runs DDPM on the file of another scheduler.
  public var className: String
  /// Length of the training schedule. Default 1000.
  public var numTrainTimesteps: Int?
  /// First variance added in training. Default 0.0001; Stable Diffusion has 0.00085.
  public var betaStart: Double?
  /// Last variance added in training. Default 0.02; Stable Diffusion has 0.012.
  public var betaEnd: Double?
  /// How variances grow between the two: see ``BetaSchedule``. Default `linear`.
  public var betaSchedule: String?
  /// The variances themselves, in place of the three fields above.
  public var trainedBetas: [Double]?
  /// Stretches the schedule so that its last time holds no signal. Default false.
  public var rescaleBetasZeroSNR: Bool?
  /// What the network predicts: `epsilon`, `v_prediction` or `sample`. Default `epsilon`.
  public var predictionType: String?
  /// How times are picked: see ``TimestepSpacing``.
  public var timestepSpacing: String?
  /// Added to times of `leading` spacing. Default 0; Stable Diffusion has 1.
  public var stepsOffset: Int?
  /// Cuts the predicted picture to a range: for diffusion on pixels only.
  public var clipSample: Bool?
  /// Cuts the predicted picture to its quantile: for diffusion on pixels only.
  public var thresholding: Bool?
  /// DDIM's last step leads to signal 1 (true, the default) or to the first time of the schedule.
  public var setAlphaToOne: Bool?
  /// DDPM's variance: `fixed_small` (default) or `fixed_large`.
  public var varianceType: String?
  /// Euler between table entries: `linear` only.
  public var interpolationType: String?
  /// Noise levels by Karras et al. 2022, equation 5. Default false.
  public var useKarrasSigmas: Bool?
  /// DPM-Solver: `dpmsolver++` (default) or `sde-dpmsolver++`.
  public var algorithmType: String?
  /// DPM-Solver: 1 or 2 (default).
  public var solverOrder: Int?
  /// DPM-Solver: `midpoint` (default).
  public var solverType: String?
  /// DPM-Solver: a first-order last step when there are fewer than 15. Default true.
  public var lowerOrderFinal: Bool?
  /// DPM-Solver: a first-order last step always. Default false.
  public var eulerAtFinal: Bool?
  /// What the last step leads to: `zero` (default) or `sigma_min`.
  public var finalSigmasType: String?
  /// Rectified flow: the static shift of noise levels. Default 1; Stable Diffusion 3 has 3.
  public var shift: Double?
  /// Rectified flow: shift by the picture's size, given as `mu` at run time. Default false.
  public var useDynamicShifting: Bool?
  /// Rectified flow: `exponential` (default) or `linear` use of `mu`.
  public var timeShiftType: String?
  /// Rectified flow: `mu` at the smallest picture. Default 0.5.
  public var baseShift: Double?
  /// Rectified flow: `mu` at the largest picture. Default 1.15.
  public var maxShift: Double?
  /// Rectified flow: tokens of the smallest picture. Default 256.
  public var baseImageSeqLen: Int?
  /// Rectified flow: tokens of the largest picture. Default 4096.
  public var maxImageSeqLen: Int?
  /// Rectified flow: stretches levels so that the last is this one.
  public var shiftTerminal: Double?
  /// Rectified flow: fresh noise at each step in place of the straight line. Default false.
  public var stochasticSampling: Bool?
  /// ``RenoisingScheduler``: the times of its steps, of which N steps take the first N. Default 999, 749, 499, 249.
  public var renoisingTimesteps: [Int]?

  enum CodingKeys: String, CodingKey {
    case className = "_class_name"
    case numTrainTimesteps = "num_train_timesteps"
    case betaStart = "beta_start"
    case betaEnd = "beta_end"
    case betaSchedule = "beta_schedule"
    case trainedBetas = "trained_betas"
    case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
    case predictionType = "prediction_type"
    case timestepSpacing = "timestep_spacing"
    case stepsOffset = "steps_offset"
    case clipSample = "clip_sample"
    case thresholding
    case setAlphaToOne = "set_alpha_to_one"
    case varianceType = "variance_type"
    case interpolationType = "interpolation_type"
    case useKarrasSigmas = "use_karras_sigmas"
    case algorithmType = "algorithm_type"
    case solverOrder = "solver_order"
    case solverType = "solver_type"
    case lowerOrderFinal = "lower_order_final"
    case eulerAtFinal = "euler_at_final"
    case finalSigmasType = "final_sigmas_type"
    case shift
    case useDynamicShifting = "use_dynamic_shifting"
    case timeShiftType = "time_shift_type"
    case baseShift = "base_shift"
    case maxShift = "max_shift"
    case baseImageSeqLen = "base_image_seq_len"
    case maxImageSeqLen = "max_image_seq_len"
    case shiftTerminal = "shift_terminal"
    case stochasticSampling = "stochastic_sampling"
    case renoisingTimesteps = "renoising_timesteps"
  }

  /// A configuration in which every field has its scheduler's default.
  /// - Parameter className: A name of ``SchedulerRegistry``.
  public init(className: String) { self.className = className }

  /// Reads a `scheduler_config.json`.
  /// - Parameter json: The file's bytes.
  /// - Throws: `SchedulerError` that names the key at fault.
  public init(json: Data) throws(SchedulerError) {
    do {
      self = try JSONDecoder().decode(SchedulerConfig.self, from: json)
    } catch let error as DecodingError {
      throw SchedulerError(.configuration, "reading a scheduler configuration: \(Self.describe(error, json))")
    } catch {
      throw SchedulerError(.configuration, "reading a scheduler configuration: \(error)")
    }
  }

  /// The schedule of Stable Diffusion 1, 2 and XL: 1000 steps, variances evenly in the square root from 0.00085 to
  /// 0.012, times offset by 1.
  /// - Parameters:
  ///   - className: A name of ``SchedulerRegistry``.
  ///   - prediction: What the network predicts.
  public static func stableDiffusion(
    _ className: String = DDPMScheduler.className, prediction: Parametrisation = .epsilon
  ) -> SchedulerConfig {
    var config = SchedulerConfig(className: className)
    config.numTrainTimesteps = 1000
    config.betaStart = 0.00085
    config.betaEnd = 0.012
    config.betaSchedule = BetaSchedule.scaledLinear.rawValue
    config.stepsOffset = 1
    config.clipSample = false
    config.setAlphaToOne = false
    config.predictionType = prediction.rawValue
    config.timestepSpacing = TimestepSpacing.leading.rawValue
    return config
  }

  private static func describe(_ error: DecodingError, _ json: Data) -> String {
    func key(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let missing, _): return "it has no '\(missing.stringValue)'"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "'\(key(context))' is not a value of type \(type)"
    case .dataCorrupted(let context):
      // Foundation does not say which number it could not convert.
      if !context.codingPath.isEmpty { return "'\(key(context))' is not a value of the right kind" }
      return (try? JSONSerialization.jsonObject(with: json)) == nil
        ? "it is not JSON" : "it has a fraction where a whole number belongs"
    @unknown default: return "\(error)"
    }
  }
}
