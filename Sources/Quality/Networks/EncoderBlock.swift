internal import Checkpoints
internal import Layers
internal import Torch

/// A block of a transformer encoder: attention among all tokens, then a perceptron, each behind a norm and added.
///
/// MUSIQ, MANIQA's vision transformer and CLIP's text tower differ in names, activation and epsilon alone.
struct EncoderBlock {
  /// How a family of checkpoints calls the parts, and the numbers that it does not store.
  struct Family: Sendable {
    enum Projections: Sendable {
      /// Query, key and value each by itself.
      case separate(query: String, key: String, value: String)
      /// One layer of all rows.
      case stacked(String)
    }

    let norm1: String
    let attention: String
    let projections: Projections
    let output: String
    let norm2: String
    let inner: String
    let outer: String
    var epsilon = 1e-6
    /// `x sigmoid(1.702 x)` in place of the exact GELU.
    var quickGELU = false

    /// MUSIQ as pyiqa names it.
    static let musiq = Family(
      norm1: "norm1", attention: "attention", projections: .separate(query: "query", key: "key", value: "value"),
      output: "out", norm2: "norm2", inner: "fc1", outer: "fc2")

    /// timm's vision transformers.
    static let timm = Family(
      norm1: "norm1", attention: "attn", projections: .stacked("qkv"), output: "proj", norm2: "norm2", inner: "fc1",
      outer: "fc2")

    /// OpenAI's CLIP, read through `OpenCLIPKeyMap`.
    static let clip = Family(
      norm1: "layer_norm1", attention: "self_attn",
      projections: .separate(query: "q_proj", key: "k_proj", value: "v_proj"), output: "out_proj",
      norm2: "layer_norm2", inner: "fc1", outer: "fc2", epsilon: 1e-5, quickGELU: true)
  }

  private let norm1: LayerNorm
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let norm2: LayerNorm
  private let inner: Linear  // mlp
  private let outer: Linear  // mlp
  private let heads: Int
  private let quickGELU: Bool

  init(_ path: ParameterPath, _ family: Family, width: Int, innerWidth: Int, heads: Int) throws {
    norm1 = try LayerNorm(path / family.norm1, width: width, epsilon: family.epsilon)
    let attention = path / family.attention
    switch family.projections {
    case .separate(let query, let key, let value):
      self.query = try Linear(attention / query, in: width, out: width)
      self.key = try Linear(attention / key, in: width, out: width)
      self.value = try Linear(attention / value, in: width, out: width)
    case .stacked(let name):
      let all = try Linear(attention / name, in: width, out: 3 * width)
      query = try all.narrowed(0..<width)
      key = try all.narrowed(width..<2 * width)
      value = try all.narrowed(2 * width..<3 * width)
    }
    output = try Linear(attention / family.output, in: width, out: width)
    norm2 = try LayerNorm(path / family.norm2, width: width, epsilon: family.epsilon)
    inner = try Linear(path / "mlp" / family.inner, in: width, out: innerWidth)
    outer = try Linear(path / "mlp" / family.outer, in: innerWidth, out: width)
    self.heads = heads
    quickGELU = family.quickGELU
  }

  /// `[B, L, D]` to the same shape.
  /// - Parameter causal: Each token sees only those before it and itself.
  func callAsFunction(_ x_BLD: Tensor, causal: Bool = false) throws(TorchError) -> Tensor {
    let normed_BLD = try norm1(x_BLD)
    let mixed_BHLK = try separated(query(normed_BLD)).attention(
      key: separated(key(normed_BLD)), value: separated(value(normed_BLD)), causal: causal)
    let attended_BLD = try x_BLD + output(mixed_BHLK.transposed(1, 2).reshaped(x_BLD.shape))
    return try attended_BLD + outer(activated(inner(norm2(attended_BLD))))
  }

  private func separated(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, -1]).transposed(1, 2)
  }

  private func activated(_ x: Tensor) throws(TorchError) -> Tensor {
    quickGELU ? try x * (x * 1.702).sigmoid() : try x.gelu()
  }
}
