internal import Checkpoints
internal import Layers
internal import Torch

/// One block of a CLIP text encoder: attention to the tokens so far, then a perceptron, each behind a norm and added.
struct CLIPTextLayer {
  private let norm1: LayerNorm  // layer_norm1
  private let query: Linear  // self_attn.q_proj
  private let key: Linear  // self_attn.k_proj
  private let value: Linear  // self_attn.v_proj
  private let output: Linear  // self_attn.out_proj
  private let norm2: LayerNorm  // layer_norm2
  private let inner: Linear  // mlp.fc1
  private let outer: Linear  // mlp.fc2
  private let activation: CLIPTextConfig.Activation
  private let heads: Int

  init(_ path: ParameterPath, _ config: CLIPTextConfig) throws {
    let width = config.width
    norm1 = try LayerNorm(path / "layer_norm1", width: width, epsilon: config.normEpsilon)
    query = try Linear(path / "self_attn" / "q_proj", in: width, out: width)
    key = try Linear(path / "self_attn" / "k_proj", in: width, out: width)
    value = try Linear(path / "self_attn" / "v_proj", in: width, out: width)
    output = try Linear(path / "self_attn" / "out_proj", in: width, out: width)
    norm2 = try LayerNorm(path / "layer_norm2", width: width, epsilon: config.normEpsilon)
    inner = try Linear(path / "mlp" / "fc1", in: width, out: config.innerWidth)
    outer = try Linear(path / "mlp" / "fc2", in: config.innerWidth, out: width)
    activation = config.activation
    heads = config.heads
  }

  func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    let attended_BLD = try x_BLD + attention(norm1(x_BLD))
    return try attended_BLD + outer(activated(inner(norm2(attended_BLD))))
  }

  private func attention(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    let mixed_BHLK = try separated(query(x_BLD)).attention(
      key: separated(key(x_BLD)), value: separated(value(x_BLD)), causal: true)
    return try output(try mixed_BHLK.transposed(1, 2).reshaped(x_BLD.shape))
  }

  private func separated(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, -1]).transposed(1, 2)
  }

  private func activated(_ x: Tensor) throws(TorchError) -> Tensor {
    switch activation {
    case .gelu: try x.gelu()
    case .quickGELU: try x * (x * 1.702).sigmoid()
    }
  }
}
