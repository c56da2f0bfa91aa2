internal import Checkpoints
internal import Layers
internal import Torch

/// One block of a T5 encoder: attention to all tokens, then a gated perceptron, each behind a norm and added.
struct T5EncoderLayer {
  private let norm1: RMSNorm  // layer.0.layer_norm
  private let query: Linear  // layer.0.SelfAttention.q
  private let key: Linear  // layer.0.SelfAttention.k
  private let value: Linear  // layer.0.SelfAttention.v
  private let output: Linear  // layer.0.SelfAttention.o
  private let norm2: RMSNorm  // layer.1.layer_norm
  private let gate: Linear  // layer.1.DenseReluDense.wi_0
  private let inner: Linear  // layer.1.DenseReluDense.wi_1
  private let outer: Linear  // layer.1.DenseReluDense.wo
  private let heads: Int

  init(_ path: ParameterPath, _ config: T5EncoderConfig) throws {
    let (width, headsWidth) = (config.width, config.heads * config.headWidth)
    let attention = path / "layer" / 0 / "SelfAttention"
    let perceptron = path / "layer" / 1 / "DenseReluDense"
    norm1 = try RMSNorm(path / "layer" / 0 / "layer_norm", width: width, epsilon: config.normEpsilon)
    query = try Linear(attention / "q", in: width, out: headsWidth, bias: false)
    key = try Linear(attention / "k", in: width, out: headsWidth, bias: false)
    value = try Linear(attention / "v", in: width, out: headsWidth, bias: false)
    output = try Linear(attention / "o", in: headsWidth, out: width, bias: false)
    norm2 = try RMSNorm(path / "layer" / 1 / "layer_norm", width: width, epsilon: config.normEpsilon)
    gate = try Linear(perceptron / "wi_0", in: width, out: config.innerWidth, bias: false)
    inner = try Linear(perceptron / "wi_1", in: width, out: config.innerWidth, bias: false)
    outer = try Linear(perceptron / "wo", in: config.innerWidth, out: width, bias: false)
    heads = config.heads
  }

  /// - Parameter bias: Added to the scores, broadcast to `[B, H, L, L]`.
  func callAsFunction(_ x_BLD: Tensor, bias: Tensor) throws(TorchError) -> Tensor {
    let attended_BLD = try x_BLD + attention(norm1(x_BLD), bias: bias)
    return try attended_BLD + perceptron(norm2(attended_BLD))
  }

  private func attention(_ x_BLD: Tensor, bias: Tensor) throws(TorchError) -> Tensor {
    // T5's training took the usual division by √D into the weights.
    let mixed_BHLK = try separated(query(x_BLD)).attention(
      key: separated(key(x_BLD)), value: separated(value(x_BLD)), mask: bias, scale: 1)
    return try output(try mixed_BHLK.transposed(1, 2).reshaped([x_BLD.size(0), x_BLD.size(1), -1]))
  }

  private func separated(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, -1]).transposed(1, 2)
  }

  private func perceptron(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try outer(try gate(x_BLD).gelu(approximate: true).reusedForProduct(with: inner(x_BLD)))
  }
}
