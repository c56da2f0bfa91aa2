internal import Checkpoints
internal import Layers
internal import Torch

/// A block of FLUX.1 in which text and picture are one sequence: attention and feed-forward side by side, from one norm and
/// through one output layer.
struct FluxSingleBlock {
  private let norm: AdaptiveLayerNormZero  // norm
  private let attention: HeadProjection  // attn
  private let feedForwardIn: Linear  // proj_mlp
  private let output: Linear  // proj_out

  /// Takes the block's parameters.
  init(_ path: ParameterPath, _ config: FluxTransformerConfig) throws {
    let width = config.width
    norm = try AdaptiveLayerNormZero(path / "norm", width: width, branches: 1)
    attention = try HeadProjection(
      path / "attn", .own, width: width, heads: config.headCount, normalises: true)
    feedForwardIn = try Linear(path / "proj_mlp", in: width, out: 4 * width)
    output = try Linear(path / "proj_out", in: 5 * width, out: width)
  }

  /// - Parameters:
  ///   - x_BSD: The text's tokens, then the picture's.
  ///   - activated_BD: SiLU of the conditioning vector.
  ///   - positions: Where they stand.
  /// - Returns: The same shape.
  func callAsFunction(
    _ x_BSD: Tensor, _ activated_BD: Tensor, positions: RotaryTable
  ) throws(TorchError) -> Tensor {
    let modulation = try norm(activated_BD)[0]
    let normed_BSD = try modulation(try standardised(x_BSD))
    let attended_BSD = try attention(normed_BSD).rotated(by: positions).attended()
    let wide_BSE = try Tensor.concatenated([attended_BSD, try feedForwardIn.withTanhGELU(normed_BSD)], axis: 2)
    return try modulation.gated(try output(wide_BSE), onto: x_BSD)
  }
}
