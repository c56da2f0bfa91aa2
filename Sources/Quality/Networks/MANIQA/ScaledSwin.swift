internal import Checkpoints
internal import Layers
internal import Torch

/// A stage of MANIQA: layers of window attention blocks and a convolution, each added after multiplication with a number.
struct ScaledSwin {
  private struct Block {
    let norm1: LayerNorm  // norm1
    let attention: WindowAttention  // attn
    let norm2: LayerNorm  // norm2
    let inner: Linear  // mlp.fc1
    let outer: Linear  // mlp.fc2

    func callAsFunction(_ x_BHWC: Tensor) throws(TorchError) -> Tensor {
      let attended_BHWC = try x_BHWC + attention(norm1(x_BHWC))
      return try attended_BHWC + outer(inner(norm2(attended_BHWC)).gelu())
    }
  }

  private struct Layer {
    let blocks: [Block]  // blocks.N
    let convolution: Conv2d  // conv
  }

  private let layers: [Layer]  // layers.N
  private let scale: Double

  init(_ path: ParameterPath, _ config: MANIQAConfig, width: Int) throws {
    let windows = try AttentionWindows(side: config.tokenSide, window: config.window)
    scale = config.scale
    layers = try zip(config.depths, config.heads).enumerated().map { number, sizes in
      let layer = path / "layers" / number
      let blocks = try (0..<sizes.0).map { index in
        let block = layer / "blocks" / index
        return Block(
          norm1: try LayerNorm(block / "norm1", width: width),
          attention: try WindowAttention(
            block / "attn", width: width, heads: sizes.1, windows: windows, isShifted: index % 2 == 1, hasBias: true),
          norm2: try LayerNorm(block / "norm2", width: width),
          inner: try Linear(block / "mlp" / "fc1", in: width, out: config.innerWidth),
          outer: try Linear(block / "mlp" / "fc2", in: config.innerWidth, out: width))
      }
      return Layer(blocks: blocks, convolution: try Conv2d(layer / "conv", in: width, out: width))
    }
  }

  /// `[B, C, H, W]` to the same shape.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var x_BCHW = x_BCHW
    for layer in layers {
      var y_BHWC = try x_BCHW.permuted([0, 2, 3, 1]).contiguous()
      for block in layer.blocks { y_BHWC = try block(y_BHWC) }
      x_BCHW = try x_BCHW + layer.convolution(y_BHWC.permuted([0, 3, 1, 2])).relu() * scale
    }
    return x_BCHW
  }
}
