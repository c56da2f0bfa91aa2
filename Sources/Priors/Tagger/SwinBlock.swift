internal import Checkpoints
internal import Layers
internal import Torch

/// A block of a Swin transformer: window attention, then a perceptron, each behind a norm and added.
struct SwinBlock {
  private let norm1: LayerNorm  // norm1
  private let attention: WindowAttention  // attn
  private let norm2: LayerNorm  // norm2
  private let inner: Linear  // mlp.fc1
  private let outer: Linear  // mlp.fc2

  init(_ path: ParameterPath, _ config: TaggerConfig, stage: Int, windows: AttentionWindows, isShifted: Bool) throws {
    let width = config.width(stage: stage)
    let innerWidth = Int(Double(width) * config.mlpRatio)
    norm1 = try LayerNorm(path / "norm1", width: width)
    attention = try WindowAttention(
      path / "attn", width: width, heads: config.headCounts[stage], windows: windows, isShifted: isShifted,
      hasBias: config.hasQueryKeyValueBias)
    norm2 = try LayerNorm(path / "norm2", width: width)
    inner = try Linear(path / "mlp" / "fc1", in: width, out: innerWidth)
    outer = try Linear(path / "mlp" / "fc2", in: innerWidth, out: width)
  }

  /// `[B, H, W, C]` to the same shape.
  func callAsFunction(_ x_BHWC: Tensor) throws(TorchError) -> Tensor {
    let attended_BHWC = try attention(norm1(x_BHWC)).reusedForSum(with: x_BHWC)
    let hidden_BHWI = try inner(norm2(attended_BHWC)).reusedForGelu()
    return try outer(hidden_BHWI).reusedForSum(with: attended_BHWC)
  }
}
