public import Checkpoints
public import Torch

/// Attention among the tokens of each window of a map, with a learned bias for each offset between two tokens.
public struct WindowAttention {
  private let queryKeyValue: Linear  // qkv
  private let output: Linear  // proj
  /// Added to the scores, `[M or 1, heads, N, N]`: made once, of `relative_position_bias_table` and the shift's mask. All
  /// blocks of the published tower hold 73 MB of these in bfloat16.
  private let bias_MHNN: Tensor
  private let windows: AttentionWindows
  private let isShifted: Bool
  private let heads: Int

  /// Takes `qkv`, `proj` and `relative_position_bias_table`.
  /// - Parameters:
  ///   - windows: The windows of the map.
  ///   - isShifted: Whether the map is rolled by half a window first.
  ///   - hasBias: Whether queries, keys and values have a bias.
  public init(
    _ path: ParameterPath, width: Int, heads: Int, windows: AttentionWindows, isShifted: Bool, hasBias: Bool
  ) throws {
    queryKeyValue = try Linear(path / "qkv", in: width, out: 3 * width, bias: hasBias)
    output = try Linear(path / "proj", in: width, out: width)
    let table_OH = try path.take("relative_position_bias_table", [windows.offsetCount, heads], .normal(0.02))
    let shape = [windows.maskCount(shifted: isShifted), heads, windows.tokenCount, windows.tokenCount]
    bias_MHNN = try derived(from: [table_OH], shape: shape) { try windows.bias(table_OH, shifted: isShifted) }
    self.windows = windows
    self.isShifted = isShifted
    self.heads = heads
  }

  /// `[B, H, W, C]` to the same shape.
  public func callAsFunction(_ x_BHWC: Tensor) throws(TorchError) -> Tensor {
    let tokens_MNC = try windows.split(x_BHWC, shifted: isShifted)
    let (count, length, width) = (tokens_MNC.size(0), tokens_MNC.size(1), tokens_MNC.size(2))
    let parts_3MHND = try queryKeyValue(tokens_MNC).reshaped([count, length, 3, heads, width / heads])
      .permuted([2, 0, 3, 1, 4])
    let mixed_MHND = try attention(
      try parts_3MHND.selected(0, 0), try parts_3MHND.selected(0, 1), try parts_3MHND.selected(0, 2))
    return try windows.joined(
      try output(try mixed_MHND.transposed(1, 2).reshaped(tokens_MNC.shape)), shifted: isShifted)
  }

  /// One call where a bias stands for all windows or for each; else a call for each picture, rather than a copy of the
  /// biases for each.
  private func attention(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws(TorchError) -> Tensor {
    let (windows, masks) = (query.size(0), bias_MHNN.size(0))
    if masks == 1 || masks == windows { return try query.attention(key: key, value: value, mask: bias_MHNN) }
    var pictures: [Tensor] = []
    for start in stride(from: 0, to: windows, by: masks) {
      func part(_ x_MHND: Tensor) throws(TorchError) -> Tensor { try x_MHND.narrowed(0, from: start, length: masks) }
      pictures.append(try part(query).attention(key: part(key), value: part(value), mask: bias_MHNN))
    }
    return try .concatenated(pictures, axis: 0)
  }
}
