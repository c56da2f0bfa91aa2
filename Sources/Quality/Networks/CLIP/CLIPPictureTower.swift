internal import Checkpoints
internal import Layers
internal import Torch

/// CLIP's ResNet: a picture of any size to one vector.
struct CLIPPictureTower {
  private let stem: [(Conv2d, BatchNorm2d)]  // conv1 … conv3, bn1 … bn3
  private let blocks: [CLIPBottleneck]  // layerN.M
  private let pool: AttentionPool  // attnpool

  private static let mean: [Float] = [0.48145466, 0.4578275, 0.40821073]
  private static let deviation: [Float] = [0.26862954, 0.26130258, 0.27577711]

  init(_ path: ParameterPath, _ config: CLIPConfig) throws {
    let (width, half) = (config.pictureWidth, config.pictureWidth / 2)
    stem = try [(3, half, 2), (half, half, 1), (half, width, 1)].enumerated().map { number, sizes in
      let convolution = try Conv2d(
        path / "conv\(number + 1)", in: sizes.0, out: sizes.1, stride: sizes.2, bias: false)
      return (convolution, try BatchNorm2d(path / "bn\(number + 1)", channels: sizes.1))
    }
    var inputs = width
    var blocks: [CLIPBottleneck] = []
    for (stage, count) in config.stages.enumerated() {
      for number in 0..<count {
        blocks.append(
          try CLIPBottleneck(
            path / "layer\(stage + 1)" / number, in: inputs, width: width << stage, shrinks: stage > 0 && number == 0))
        inputs = (width << stage) * CLIPBottleneck.expansion
      }
    }
    self.blocks = blocks
    pool = try AttentionPool(path / "attnpool", config)
  }

  /// RGB in 0 … 1, `[B, 3, H, W]`, to `[B, width]`.
  /// - Parameter placesCount: Whether the pool adds its position embedding.
  func callAsFunction(_ image_BCHW: Tensor, placesCount: Bool) throws(TorchError) -> Tensor {
    let device = image_BCHW.device
    var x =
      try (image_BCHW - Tensor(Self.mean, [3, 1, 1]).to(device: device))
      / Tensor(Self.deviation, [3, 1, 1]).to(device: device)
    for (convolution, norm) in stem { x = try norm(convolution(x)).relu() }
    x = try x.averagePooled(2)
    for block in blocks { x = try block(x) }
    return try pool(x, placesCount: placesCount)
  }
}
