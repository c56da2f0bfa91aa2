internal import Checkpoints
internal import Layers
internal import Torch

/// Self-attention of a map's pixels in the older form of guided diffusion: one projection to queries, keys and values
/// whose rows are grouped by head, each head's three parts together.
struct PixelAttention {
  private let norm: GroupNorm  // norm
  private let projIn: Linear  // qkv
  private let projOut: Linear  // proj_out
  private let heads: Int

  init(_ path: ParameterPath, width: Int, heads: Int, groups: Int) throws {
    norm = try GroupNorm(path / "norm", groups: groups, channels: width, epsilon: 1e-5)
    projIn = try Linear(path / "qkv", in: width, out: 3 * width)
    projOut = try Linear(path / "proj_out", in: width, out: width)
    self.heads = heads
  }

  /// BCHW to the map plus what each pixel gathers from all.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let (batch, width, height, breadth) = (x_BCHW.size(0), x_BCHW.size(1), x_BCHW.size(2), x_BCHW.size(3))
    let length = height * breadth
    let tokens_BLD = try norm(x_BCHW).permuted([0, 2, 3, 1]).reshaped([batch, length, width])
    let parts_BLH3K = try projIn(tokens_BLD).reshaped([batch, length, heads, 3, width / heads])
    func part(_ index: Int) throws(TorchError) -> Tensor { try parts_BLH3K.selected(3, index).transposed(1, 2) }
    let mixed_BHLK = try BlockedAttention.fastest(query: try part(0), key: try part(1), value: try part(2))
    let map_BHWC = try projOut(try mixed_BHLK.transposed(1, 2).reshaped([batch, length, width]))
      .reshaped([batch, height, breadth, width])
    return try x_BCHW + map_BHWC.permuted([0, 3, 1, 2])
  }
}
