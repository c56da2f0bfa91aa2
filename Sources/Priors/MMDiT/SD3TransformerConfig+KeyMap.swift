public import Checkpoints

extension SD3TransformerConfig {
  /// From the names of ``SD3Transformer`` to those of the original authors' files (`joint_blocks`, …), without a prefix.
  public var originalKeys: SD3KeyMap {
    SD3KeyMap(
      layers: layerCount, width: width, dualLayers: Set(dualAttentionLayers), normalisesHeads: normalisesHeads)
  }
}
