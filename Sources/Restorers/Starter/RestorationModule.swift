public import Checkpoints
public import Layers
public import Torch

/// The starter's first look: a picture without noise, blur and blocks as far as convolutions alone can tell, before any
/// diffusion step. The diffusion networks begin with it and look at it (Lin et al. 2023, "DiffBIR", whose name this is).
///
/// Residual blocks of two convolutions without norms (Lim et al. 2017, "EDSR"), over pixels that became channels: one place in
/// them is one pixel of the low-quality picture. What comes out is the enlarged picture plus what the network answers; a new
/// network answers zero.
public struct RestorationModule {
  /// Sizes.
  public struct Config: Sendable, Codable, Hashable {
    /// Channels of the blocks.
    public var width: Int
    /// How many blocks there are.
    public var blocks: Int

    /// Sizes.
    public init(width: Int = 64, blocks: Int = 16) {
      self.width = width
      self.blocks = blocks
    }
  }

  private struct Block {
    let first: Conv2d  // conv1
    let second: Conv2d  // conv2
  }

  private let convIn: Conv2d  // conv_in
  private let blocks: [Block]  // blocks
  private let convMiddle: Conv2d  // conv_middle
  private let convOut: Conv2d  // conv_out
  private let codec: PixelCodec

  /// Takes the network's parameters.
  /// - Parameter codec: How pixels become channels.
  public init(_ path: ParameterPath, _ config: Config, codec: PixelCodec) throws {
    let (width, channels) = (config.width, 3 * codec.factor * codec.factor)
    convIn = try Conv2d(path / "conv_in", in: channels, out: width)
    blocks = try (0..<config.blocks).map { index in
      let block = path / "blocks" / index
      return Block(
        first: try Conv2d(block / "conv1", in: width, out: width),
        // Zero at first, so that depth does not make a new network's answers grow.
        second: try Conv2d(block / "conv2", in: width, out: width, zero: true))
    }
    convMiddle = try Conv2d(path / "conv_middle", in: width, out: width)
    convOut = try Conv2d(path / "conv_out", in: width, out: channels, zero: true)
    self.codec = codec
  }

  /// An enlarged picture `[B, 3, H, W]` in 0…1 to what it was, float32, not clamped.
  public func callAsFunction(_ picture_BCHW: Tensor) throws(TorchError) -> Tensor {
    let latent_BCHW = try codec.encode(picture_BCHW.to(.float32))
    let first_BCHW = try entered(latent_BCHW)
    let features_BCHW = try first_BCHW + convMiddle(passed(blocks[...], first_BCHW))
    return try codec.decode(latent_BCHW + convOut(features_BCHW).to(.float32).contiguous())
  }

  /// How many maps ``maps(of:)`` answers.
  public static let mapCount = 4

  /// What the blocks make of a picture in 0…1, after each quarter of them: `[B, width, H, W]` at the latent's size.
  public func maps(of picture_BCHW: Tensor) throws(TorchError) -> [Tensor] {
    var features_BCHW = try entered(try codec.encode(picture_BCHW.to(.float32)))
    var maps: [Tensor] = []
    for quarter in 0..<Self.mapCount {
      let (from, to) = (quarter * blocks.count / Self.mapCount, (quarter + 1) * blocks.count / Self.mapCount)
      features_BCHW = try passed(blocks[from..<to], features_BCHW)
      maps.append(features_BCHW)
    }
    return maps
  }

  private func entered(_ latent_BCHW: Tensor) throws(TorchError) -> Tensor {
    try convIn(try latent_BCHW.to(convIn.dtype).contiguous(.channelsLast))
  }

  private func passed(_ blocks: ArraySlice<Block>, _ features_BCHW: Tensor) throws(TorchError) -> Tensor {
    var features_BCHW = features_BCHW
    for block in blocks { features_BCHW = try features_BCHW + block.second(block.first(features_BCHW).relu()) }
    return features_BCHW
  }
}
