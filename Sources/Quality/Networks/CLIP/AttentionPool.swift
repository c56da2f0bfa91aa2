internal import Checkpoints
internal import Layers
internal import Torch

/// Attention of a map's mean to all of its places, in place of a mean.
struct AttentionPool {
  private let places_LC: Tensor  // positional_embedding
  private let query: Linear  // q_proj
  private let key: Linear  // k_proj
  private let value: Linear  // v_proj
  private let output: Linear  // c_proj
  private let heads: Int

  init(_ path: ParameterPath, _ config: CLIPConfig) throws {
    let width = config.featureWidth
    places_LC = try path.take("positional_embedding", [config.placeCount + 1, width], .normal(0.02))
    query = try Linear(path / "q_proj", in: width, out: width)
    key = try Linear(path / "k_proj", in: width, out: width)
    value = try Linear(path / "v_proj", in: width, out: width)
    output = try Linear(path / "c_proj", in: width, out: config.width)
    heads = config.pictureHeads
  }

  /// `[B, C, H, W]` to `[B, width]`.
  /// - Parameter placesCount: Whether the position embedding is added, resized along the list of its places where there are
  ///   other than the trained ones: as a picture of places by channels, which mixes the rows of the trained map.
  func callAsFunction(_ x_BCHW: Tensor, placesCount: Bool) throws(TorchError) -> Tensor {
    let (batch, width) = (x_BCHW.size(0), x_BCHW.size(1))
    let map_BLC = try x_BCHW.flattened(from: 2).transposed(1, 2)
    var tokens_BLC = try Tensor.concatenated([map_BLC.mean([1], keepingAxes: true), map_BLC], axis: 1)
    if placesCount {
      let places_LC = try places_LC.unsqueezed(0).unsqueezed(0).resized(
        height: tokens_BLC.size(1), width: width, .bicubic)
      tokens_BLC = try tokens_BLC + places_LC.selected(0, 0)
    }
    func separated(_ x_BLC: Tensor) throws(TorchError) -> Tensor {
      try x_BLC.reshaped([batch, x_BLC.size(1), heads, -1]).transposed(1, 2)
    }
    // Only the mean asks: what the other places would get, nobody reads.
    let mixed_BHLK = try separated(query(tokens_BLC.narrowed(1, from: 0, length: 1))).attention(
      key: separated(key(tokens_BLC)), value: separated(value(tokens_BLC)))
    return try output(mixed_BHLK.reshaped([batch, width]))
  }
}
