public import Checkpoints
internal import Layers
public import Torch

/// A Swin transformer (Liu et al. 2021) whose features are the tokens of its last stage, behind their mean.
public struct SwinTransformer {
  private let patches: Conv2d  // patch_embed.proj
  private let patchNorm: LayerNorm  // patch_embed.norm
  private let stages: [Stage]  // layers
  private let norm: LayerNorm  // norm
  private let imageSide: Int

  private struct Stage {
    let blocks: [SwinBlock]  // blocks
    let merging: PatchMerging?  // downsample
  }

  /// Takes the tower's parameters.
  public init(_ path: ParameterPath, _ config: TaggerConfig) throws {
    let patchSize = config.patchSize
    patches = try Conv2d(
      path / "patch_embed" / "proj", in: 3, out: config.embedWidth, size: patchSize, stride: patchSize, padding: 0)
    patchNorm = try LayerNorm(path / "patch_embed" / "norm", width: config.embedWidth)
    stages = try config.depths.enumerated().map { stage, depth in
      let path = path / "layers" / stage
      let windows = try AttentionWindows(side: config.side(stage: stage), window: config.windowSize)
      let blocks = try (0..<depth).map {
        try SwinBlock(path / "blocks" / $0, config, stage: stage, windows: windows, isShifted: $0 % 2 == 1)
      }
      let isLast = stage == config.depths.count - 1
      return Stage(
        blocks: blocks,
        merging: isLast ? nil : try PatchMerging(path / "downsample", width: config.width(stage: stage)))
    }
    norm = try LayerNorm(path / "norm", width: config.visionWidth)
    imageSide = config.imageSide
  }

  /// The type that the network computes in.
  public var dtype: DType { patches.dtype }

  /// Features of pictures.
  /// - Parameter image_BCHW: Pictures as ``TaggerPicture`` makes them, in any floating-point type.
  /// - Returns: `[B, 1 + tokens, width]`: the mean of all tokens, then each.
  /// - Throws: `TorchError` for pictures of another size, and when memory runs out.
  public func callAsFunction(_ image_BCHW: Tensor) throws(TorchError) -> Tensor {
    let tokens_BLD = try norm(run(image_BCHW)).flattened(from: 1, to: 2)
    return try .concatenated([try tokens_BLD.mean([1], keepingAxes: true), tokens_BLD], axis: 1)
  }

  /// The maps that the stages leave, finest first: what a projected discriminator looks at.
  /// - Parameter image_BCHW: As for ``callAsFunction(_:)``.
  /// - Returns: BCHW each; the side halves and the width doubles from one to the next.
  /// - Throws: `TorchError` as ``callAsFunction(_:)`` does.
  public func stageMaps(_ image_BCHW: Tensor) throws(TorchError) -> [Tensor] {
    var maps: [Tensor] = []
    _ = try run(image_BCHW) { x_BHWC throws(TorchError) in maps.append(try x_BHWC.permuted([0, 3, 1, 2])) }
    return maps
  }

  /// - Parameter leaving: Told of what each stage's blocks answered, BHWC.
  private func run(
    _ image_BCHW: Tensor, leaving: ((_ x_BHWC: Tensor) throws(TorchError) -> Void)? = nil
  ) throws(TorchError) -> Tensor {
    guard image_BCHW.rank == 4, Array(image_BCHW.shape.dropFirst()) == [3, imageSide, imageSide] else {
      throw TorchError(
        .argument,
        "the tagger's tower was given \(image_BCHW.shape); it takes [B, 3, \(imageSide), \(imageSide)], "
          + "as TaggerPicture makes them")
    }
    let embedded_BCHW = try patches(try image_BCHW.to(dtype).contiguous(.channelsLast))
    var x_BHWC = try patchNorm(try embedded_BCHW.permuted([0, 2, 3, 1]))
    for stage in stages {
      for block in stage.blocks {
        x_BHWC = try recomputedInBackward { [x_BHWC] () throws(TorchError) in try block(x_BHWC) }
      }
      try leaving?(x_BHWC)
      if let merging = stage.merging { x_BHWC = try merging(x_BHWC) }
    }
    return x_BHWC
  }
}
