public import Checkpoints

extension FluxTransformerConfig {
  /// From the names of ``FluxTransformer`` to those of the original authors' files (`double_blocks`, …), without a prefix.
  public var originalKeys: FluxKeyMap {
    FluxKeyMap(doubleBlocks: doubleCount, singleBlocks: singleCount, width: width, takesGuidance: takesGuidance)
  }
}
