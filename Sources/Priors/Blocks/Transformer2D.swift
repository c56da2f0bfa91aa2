public import Checkpoints
internal import Layers
public import Torch

/// Transformer blocks over the pixels of a feature map, with cross-attention to a context.
public struct Transformer2D {
  private let norm: GroupNorm  // norm
  private let projIn: Linear  // proj_in
  private let blocks: [BasicTransformerBlock]  // transformer_blocks
  private let projOut: Linear  // proj_out

  /// Takes the transformer's parameters, in the form with linear projections (SD 2.x, SDXL).
  public init(
    _ path: ParameterPath, width: Int, contextWidth: Int, heads: Int, depth: Int, groups: Int
  ) throws {
    // diffusers fixes 1e-6 here, whatever the U-Net's own epsilon is.
    norm = try GroupNorm(path / "norm", groups: groups, channels: width, epsilon: 1e-6)
    projIn = try Linear(path / "proj_in", in: width, out: width)
    blocks = try (0..<depth).map {
      try BasicTransformerBlock(
        path / "transformer_blocks" / $0, width: width, contextWidth: contextWidth, heads: heads)
    }
    projOut = try Linear(path / "proj_out", in: width, out: width)
  }

  /// BCHW to BCHW; `context` holds `[B, L, contextWidth]`.
  /// - Throws: `TorchError` without a context, for shapes that do not fit, or when memory runs out.
  public func callAsFunction(_ x_BCHW: Tensor, context: Context?) throws(TorchError) -> Tensor {
    let (batch, width, height, breadth) = (x_BCHW.size(0), x_BCHW.size(1), x_BCHW.size(2), x_BCHW.size(3))
    // In channels_last memory both rearrangements are views.
    var tokens_BLD = try norm(x_BCHW).permuted([0, 2, 3, 1]).reshaped([batch, height * breadth, width])
    tokens_BLD = try projIn(tokens_BLD)
    for block in blocks { tokens_BLD = try block(tokens_BLD, context: context) }
    let map_BHWC = try projOut(tokens_BLD).reshaped([batch, height, breadth, width])
    return try map_BHWC.permuted([0, 3, 1, 2]).reusedForSum(with: x_BCHW)
  }
}

/// Self-attention, cross-attention and feed-forward, each after a norm and added to its input.
struct BasicTransformerBlock {
  private let norm1, norm2, norm3: LayerNorm  // norm1, norm2, norm3
  private let selfAttention: Attention  // attn1
  private let crossAttention: Attention  // attn2
  private let feedForward: GatedFeedForward  // ff

  init(_ path: ParameterPath, width: Int, contextWidth: Int, heads: Int) throws {
    norm1 = try LayerNorm(path / "norm1", width: width)
    selfAttention = try Attention(path / "attn1", width: width, heads: heads)
    norm2 = try LayerNorm(path / "norm2", width: width)
    crossAttention = try Attention(path / "attn2", width: width, contextWidth: contextWidth, heads: heads)
    norm3 = try LayerNorm(path / "norm3", width: width)
    feedForward = try GatedFeedForward(path / "ff", width: width)
  }

  func callAsFunction(_ x_BLD: Tensor, context: Context?) throws(TorchError) -> Tensor {
    guard let context else {
      throw TorchError(.argument, "a transformer with cross-attention was given no context; pass the text tokens")
    }
    var x_BLD = x_BLD
    x_BLD = try selfAttention(try norm1(x_BLD)).reusedForSum(with: x_BLD)
    x_BLD = try crossAttention(try norm2(x_BLD), context: context).reusedForSum(with: x_BLD)
    return try feedForward(try norm3(x_BLD)).reusedForSum(with: x_BLD)
  }
}
