import Checkpoints
import Foundation
import Priors
import Torch
import Training

/// The training that is measured: a U-Net learns to predict the noise of one batch.
struct UNetTraining: TrainingTask {
  /// What a step learns from, the same for both sides: a file of ``UNetTraining/inputs(_:rows:side:to:)``.
  struct Batch {
    let noisy_BCHW: Tensor
    let noise_BCHW: Tensor
    let timestep_B: Tensor
    let context_BLC: Tensor

    init(_ file: SafetensorsFile) throws {
      noisy_BCHW = try file.tensor("noisy")
      noise_BCHW = try file.tensor("noise")
      timestep_B = try file.tensor("timestep")
      context_BLC = try file.tensor("context")
    }
  }

  let sizes: UNetConfig
  let weights: SafetensorsFile
  let device = Device.cpu
  let dtype: DType

  var identity: RunIdentity { RunIdentity(kind: "benchmark", model: sizes) }

  func firstParameters() throws -> [String: Tensor] {
    try ParameterDictionary(weights).tensors
  }

  func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  func model(_ parameters: ParameterDictionary) throws -> UNet2DCondition {
    try ParameterLoader.load(parameters, component: "the measured U-Net") { try UNet2DCondition($0, sizes) }
  }

  func losses(_ model: UNet2DCondition, _ batch: Batch, random: Generator) throws -> StepLosses {
    let answer_BCHW = try model(
      batch.noisy_BCHW, timestep_B: batch.timestep_B, context: Context(try batch.context_BLC.to(dtype)))
    return StepLosses(try answer_BCHW.to(.float32).meanSquaredError(batch.noise_BCHW))
  }

  /// Nothing: what a run leaves is not measured.
  func write(_ parameters: [String: Tensor], to folder: String) throws {}

  /// First weights of a network, and a batch for it.
  static func prepare(_ sizes: UNetConfig, rows: Int, side: Int, in folder: String) throws {
    let initialiser = try ParameterInitialiser(seed: 1)
    _ = try UNet2DCondition(ParameterLoader(initialiser).root, sizes)
    try SafetensorsWriter.write(
      initialiser.drawn, metadata: ["format": "pt"], to: folder + "/diffusion_pytorch_model.safetensors")
    let generator = try Generator(seed: 2)
    let shape = [rows, sizes.inChannels, side, side]
    try SafetensorsWriter.write(
      [
        "noisy": try .randn(shape, generator: generator), "noise": try .randn(shape, generator: generator),
        "timestep": try Tensor((0..<rows).map { Float(100 + 800 * $0 / rows) }),
        "context": try .randn([rows, 77, sizes.crossAttentionWidth], generator: generator),
      ], metadata: ["format": "pt"], to: folder + "/batch.safetensors")
  }
}
