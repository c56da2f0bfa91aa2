internal import Checkpoints
internal import Layers
internal import Torch

/// One judge of a projected discriminator: from a map of frozen features to a score at each of its places.
///
/// Two blocks of convolution, group norm and leaky ReLU, the second one residual, then the scores as inner products with what
/// is known of the picture (Miyato and Koyama 2018, "cGANs with projection discriminator").
struct DiscriminatorHead {
  private let inner: Block  // inner
  private let outer: Block  // outer
  private let features: Conv2d  // features
  private let condition: Linear  // condition
  private let width: Int

  /// Takes the head's parameters.
  /// - Parameters:
  ///   - channels: Of the map.
  ///   - conditionWidth: Of what is known of the picture.
  init(_ path: ParameterPath, _ config: DiscriminatorConfig, channels: Int, conditionWidth: Int) throws {
    inner = try Block(path / "inner", in: channels, out: config.width, size: 1)
    outer = try Block(path / "outer", in: config.width, out: config.width, size: 3)
    features = try Conv2d(path / "features", in: config.width, out: config.projection, size: 1)
    condition = try Linear(path / "condition", in: conditionWidth, out: config.projection)
    width = config.projection
  }

  /// Scores.
  /// - Parameters:
  ///   - map_BCHW: The features.
  ///   - condition_BD: What is known of each picture.
  /// - Returns: `[B, H, W]`, float32.
  func callAsFunction(_ map_BCHW: Tensor, condition_BD: Tensor) throws(TorchError) -> Tensor {
    let once_BCHW = try inner(try map_BCHW.to(features.dtype))
    let twice_BCHW = try (once_BCHW + outer(once_BCHW)) * 0.5.squareRoot()
    let asked_BK11 = try condition(try condition_BD.to(features.dtype)).unsqueezed(2).unsqueezed(3)
    let products_BKHW = try features(twice_BCHW).to(.float32) * asked_BK11.to(.float32)
    return try products_BKHW.sum([1]) / Double(width).squareRoot()
  }

  /// A convolution of spectral norm 1, a group norm, a leaky ReLU.
  private struct Block {
    private let weight: Tensor  // weight
    private let bias: Tensor  // bias
    private let norm: GroupNorm  // norm
    private let size: Int

    init(_ path: ParameterPath, in inputs: Int, out outputs: Int, size: Int) throws {
      let initial = Initialisation.uniform(fanIn: inputs * size * size)
      weight = try path.take("weight", [outputs, inputs, size, size], initial)
      bias = try path.take("bias", [outputs], initial)
      norm = try GroupNorm(
        path / "norm", groups: DiscriminatorConfig.groups, channels: outputs, epsilon: 1e-5)
      self.size = size
    }

    func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
      let y_BCHW = try x_BCHW.conv2d(SpectralNorm.normalised(weight), bias: bias, padding: size / 2)
      return try norm(y_BCHW).leakyRelu(0.2)
    }
  }
}
