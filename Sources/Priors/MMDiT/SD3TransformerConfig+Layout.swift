public import Checkpoints

extension SD3TransformerConfig {
  /// The sizes of a transformer in its authors' file, which holds no configuration.
  ///
  /// Every published one has heads of 64, patches of 2 × 2 and positions that run to 64.
  /// - Parameters:
  ///   - shape: The sizes of one of the file's tensors, by its key without a prefix; nil where there is none.
  ///   - name: What messages call the file.
  /// - Throws: `CheckpointError` when the file holds no such transformer.
  public init(original shape: (String) -> [Int]?, name: String) throws(CheckpointError) {
    self.init()
    func size(_ key: String, axis: Int) throws(CheckpointError) -> Int {
      guard let shape = shape(key), shape.indices.contains(axis) else {
        throw CheckpointError(
          .mismatch,
          "reading the sizes of an SD 3 transformer from \(name): it has no \(key). Is this the checkpoint of another model?"
        )
      }
      return shape[axis]
    }
    let width = try size("x_embedder.proj.weight", axis: 0)
    guard width > 0, width.isMultiple(of: headWidth) else {
      throw CheckpointError(
        .mismatch,
        "reading the sizes of an SD 3 transformer from \(name): its width \(width) is no multiple of \(headWidth)")
    }
    inChannels = try size("x_embedder.proj.weight", axis: 1)
    outChannels = try size("final_layer.linear.weight", axis: 0) / (patchSize * patchSize)
    headCount = width / headWidth
    projectedTextWidth = width
    textWidth = try size("context_embedder.weight", axis: 1)
    pooledTextWidth = try size("y_embedder.mlp.0.weight", axis: 1)
    func block(_ layer: Int, _ part: String) -> Bool { shape("joint_blocks.\(layer).x_block.\(part)") != nil }
    layerCount = (0..<1024).first { !block($0, "attn.qkv.weight") } ?? 1024
    dualAttentionLayers = (0..<layerCount).filter { block($0, "attn2.qkv.weight") }
    headNorm = block(0, "attn.ln_q.weight") ? "rms_norm" : nil
    if let positions = shape("pos_embed"), positions.count == 3 {
      positionSide = Int(Double(positions[1]).squareRoot().rounded())
    }
  }
}
