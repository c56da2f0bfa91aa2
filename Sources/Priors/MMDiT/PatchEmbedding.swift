internal import Checkpoints
internal import Layers
internal import Torch

/// Cuts a latent into patches, makes a token of each and adds where it stands.
struct PatchEmbedding {
  private let projection: Conv2d  // proj
  private let positions: PatchPositions  // pos_embed
  private let size: Int

  /// Takes `proj`, and `pos_embed` where the source has it.
  init(_ path: ParameterPath, _ config: SD3TransformerConfig) throws {
    size = config.patchSize
    projection = try Conv2d(
      path / "proj", in: config.inChannels, out: config.width, size: size, stride: size, padding: 0)
    positions = try PatchPositions(path, config)
  }

  /// The type of the weights.
  var dtype: DType { projection.dtype }

  /// `[B, C, H, W]` to `[B, (H/p)(W/p), D]`, row after row.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    // In channels_last memory both rearrangements are views.
    let patches_BYXD = try projection(try x_BCHW.to(dtype)).permuted([0, 2, 3, 1])
    return try patches_BYXD.reusedForSum(with: try positions(for: patches_BYXD)).flattened(from: 1, to: 2)
  }
}
