internal import Checkpoints
internal import Layers
internal import Torch

/// The blocks of a ViT that MANIQA takes features of: the outputs of four of them, side by side.
struct VisionTransformer {
  private let patches: Conv2d  // patch_embed.proj
  private let classToken: Tensor  // cls_token
  private let positions: Tensor  // pos_embed
  private let blocks: [EncoderBlock]  // blocks.N
  /// Counted from 0. What stands behind the last of them is never computed.
  static let featureBlocks = 6...9

  init(_ path: ParameterPath, _ config: MANIQAConfig) throws {
    let vit = config.transformer
    patches = try Conv2d(
      path / "patch_embed" / "proj", in: 3, out: vit.width, size: vit.patchSide, stride: vit.patchSide, padding: 0)
    classToken = try path.take("cls_token", [1, 1, vit.width], .normal(0.02))
    positions = try path.take("pos_embed", [1, config.tokenSide * config.tokenSide + 1, vit.width], .normal(0.02))
    blocks = try (0...Self.featureBlocks.upperBound).map {
      try EncoderBlock(
        path / "blocks" / $0, .timm, width: vit.width, innerWidth: 4 * vit.width, heads: vit.heads)
    }
  }

  /// `[B, 3, side, side]` in -1 … 1 to `[B, tokens, 4 width]`, without the class token and without a norm.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let tokens_BLD = try patches(x_BCHW).flattened(from: 2).transposed(1, 2)
    let first = try classToken.expanded([tokens_BLD.size(0), 1, tokens_BLD.size(2)])
    var x_BLD = try Tensor.concatenated([first, tokens_BLD], axis: 1) + positions
    var features: [Tensor] = []
    for (number, block) in blocks.enumerated() {
      x_BLD = try block(x_BLD)
      if Self.featureBlocks.contains(number) {
        features.append(try x_BLD.narrowed(1, from: 1, length: x_BLD.size(1) - 1))
      }
    }
    return try .concatenated(features, axis: 2)
  }
}
