import Checkpoints
import Priors
import Torch

/// A small autoencoder of three levels with random weights.
func tinyAutoencoder(dtype: DType = .float32, midAttention: Bool = true) throws -> AutoencoderKL {
  var config = AutoencoderKLConfig()
  config.blockOutChannels = [8, 16, 24]
  config.layersPerBlock = 1
  config.normGroups = 4
  config.usesMidAttention = midAttention
  return try AutoencoderKL(ParameterLoader(LivelyWeights(seed: 7), dtype: dtype).root, config)
}

/// Random weights under which every layer matters: norms scale and shift, convolutions keep variances.
struct LivelyWeights: ParameterSource {
  let name = "lively weights"
  let keys: Set<String> = []
  private let generator: Generator

  init(seed: UInt64) throws { generator = try Generator(seed: seed) }

  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let draw = try Tensor.randn(request.shape, generator: generator)
    guard request.shape.count > 1 else { return key.hasSuffix("weight") ? try draw * 0.3 + 1 : try draw * 0.3 }
    return try draw / Double(request.shape.dropFirst().reduce(1, *)).squareRoot()
  }
}

/// A picture with slow and fast parts, in -1…1, whose statistics differ from place to place.
func unevenPicture(_ shape: [Int], seed: UInt64) throws -> Tensor {
  let ramp = try Tensor.linspace(-2, 2, count: shape[2]).reshaped([1, 1, shape[2], 1])
  return try (Tensor.randn(shape, generator: Generator(seed: seed)) * 0.5 * (ramp + 2.5) + ramp).tanh()
}
