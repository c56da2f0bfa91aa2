internal import Checkpoints
internal import Layers
internal import Torch

/// Attention among channels: each channel's map of N places is a token.
struct TransposedAttention {
  private let query: Linear  // c_q
  private let key: Linear  // c_k
  private let value: Linear  // c_v

  init(_ path: ParameterPath, places: Int) throws {
    query = try Linear(path / "c_q", in: places, out: places)
    key = try Linear(path / "c_k", in: places, out: places)
    value = try Linear(path / "c_v", in: places, out: places)
  }

  /// `[B, C, N]` to the same shape.
  func callAsFunction(_ x_BCN: Tensor) throws(TorchError) -> Tensor {
    let mixed_BCN = try query(x_BCN).unsqueezed(1).attention(
      key: key(x_BCN).unsqueezed(1), value: value(x_BCN).unsqueezed(1)
    ).squeezed(1)
    // The result is turned to [B, N, C], and its elements are then read in that order as [B, C, N]: not the same as turning
    // it back. The network was trained so.
    return try x_BCN + mixed_BCN.transposed(1, 2).contiguous().reshaped(x_BCN.shape)
  }
}
