public import Checkpoints

extension UNetConfig {
  /// The key names of the original authors' files (`input_blocks`, …), without a prefix, and those of ``UNet2DCondition``.
  public var latentDiffusionKeys: KeyMap {
    let levels = blockOutChannels.count
    let attending = (0..<levels).filter { level in
      let index = levels - 1 - level
      return upBlockTypes.indices.contains(index) && upBlockTypes[index] == "CrossAttnUpBlock2D"
    }
    return .latentDiffusionUNet(levels: levels, layersPerBlock: layersPerBlock, attendingLevels: Set(attending))
  }
}
