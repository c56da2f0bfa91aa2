extension KeyMap {
  /// The U-Net of Stable Diffusion as its authors' files spell it (`input_blocks`, `middle_block`, `output_blocks`), without
  /// a prefix.
  ///
  /// Blocks are counted through all levels: on the way down each level has its residual blocks and then the halving; on
  /// the way up one residual block more, and the doubling stands behind the last of them. Transformers are spelled alike.
  /// - Parameters:
  ///   - levels: Number of levels.
  ///   - layersPerBlock: Residual blocks of a level on the way down.
  ///   - attendingLevels: Levels, 0 for the finest, whose blocks are followed by a transformer.
  public static func latentDiffusionUNet(
    levels: Int = 4, layersPerBlock: Int = 2, attendingLevels: Set<Int> = [0, 1, 2]
  ) -> KeyMap {
    var entries = waysDown(levels: levels, layersPerBlock: layersPerBlock)
    entries += [
      Entry("label_emb.0.0", "add_embedding.linear_1"), Entry("label_emb.0.2", "add_embedding.linear_2"),
      Entry("out.0", "conv_norm_out"), Entry("out.2", "conv_out"),
    ]
    for block in 0..<levels {
      for layer in 0...layersPerBlock {
        let stored = "output_blocks.\(block * (layersPerBlock + 1) + layer)"
        let name = "up_blocks.\(block)"
        entries += residual("\(stored).0", "\(name).resnets.\(layer)")
        let attends = attendingLevels.contains(levels - 1 - block)
        if attends { entries.append(Entry("\(stored).1", "\(name).attentions.\(layer)")) }
        if layer == layersPerBlock, block < levels - 1 {
          entries.append(Entry("\(stored).\(attends ? 2 : 1).conv", "\(name).upsamplers.0.conv"))
        }
      }
    }
    return KeyMap(entries)
  }

  /// The half of such a U-Net that leads down, with StableSR's `fea_tran` blocks: its time-aware encoder.
  ///
  /// Its attention is one of 1-D convolutions, `qkv` and `proj_out`, which are linear layers here.
  public static func latentDiffusionEncoder(levels: Int = 4, layersPerBlock: Int = 2) -> KeyMap {
    var entries = waysDown(levels: levels, layersPerBlock: layersPerBlock)
    for entry in entries where entry.name.contains(".attentions.") {
      for layer in ["qkv", "proj_out"] {
        entries.append(Entry("\(entry.stored).\(layer)", "\(entry.name).\(layer)", unitAxes: 1))
      }
    }
    for level in 0..<levels { entries += residual("fea_tran.\(level)", "fea_tran.\(level)") }
    return KeyMap(entries)
  }

  /// Input, time embedding, way down and middle.
  private static func waysDown(levels: Int, layersPerBlock: Int) -> [Entry] {
    var entries = [
      Entry("time_embed.0", "time_embedding.linear_1"), Entry("time_embed.2", "time_embedding.linear_2"),
      Entry("input_blocks.0.0", "conv_in"), Entry("middle_block.1", "mid_block.attentions.0"),
    ]
    for level in 0..<levels {
      let first = 1 + level * (layersPerBlock + 1)
      for layer in 0..<layersPerBlock {
        let stored = "input_blocks.\(first + layer)"
        entries += residual("\(stored).0", "down_blocks.\(level).resnets.\(layer)")
        entries.append(Entry("\(stored).1", "down_blocks.\(level).attentions.\(layer)"))
      }
      entries.append(
        Entry("input_blocks.\(first + layersPerBlock).0.op", "down_blocks.\(level).downsamplers.0.conv"))
    }
    return entries + residual("middle_block.0", "mid_block.resnets.0")
      + residual("middle_block.2", "mid_block.resnets.1")
  }

  /// A residual block and its layers.
  private static func residual(_ stored: String, _ name: String) -> [Entry] {
    let layers = [
      ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"), ("out_layers.0", "norm2"),
      ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
    ]
    return [Entry(stored, name)] + layers.map { Entry("\(stored).\($0)", "\(name).\($1)") }
  }

  /// The autoencoder of Stable Diffusion as its authors' files spell it, without a prefix. Levels of the decoder are counted
  /// from the finest there and from the coarsest here, and its attention is one of 1×1 convolutions.
  /// - Parameters:
  ///   - levels: Number of levels.
  ///   - layersPerBlock: Residual blocks of a level of the encoder; the decoder has one more.
  public static func latentDiffusionAutoencoder(levels: Int = 4, layersPerBlock: Int = 2) -> KeyMap {
    var entries: [Entry] = []
    for half in ["encoder", "decoder"] {
      entries.append(Entry("\(half).norm_out", "\(half).conv_norm_out"))
      for block in 0...1 {
        entries.append(Entry("\(half).mid.block_\(block + 1)", "\(half).mid_block.resnets.\(block)"))
      }
      let attention = "\(half).mid_block.attentions.0"
      entries.append(Entry("\(half).mid.attn_1.norm", "\(attention).group_norm"))
      for (stored, name) in [("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0")] {
        entries.append(Entry("\(half).mid.attn_1.\(stored)", "\(attention).\(name)", unitAxes: 2))
      }
    }
    for level in 0..<levels {
      let ways = [
        ("encoder.down.\(level)", "encoder.down_blocks.\(level)", "downsample", "downsamplers", layersPerBlock),
        (
          "decoder.up.\(level)", "decoder.up_blocks.\(levels - 1 - level)", "upsample", "upsamplers", layersPerBlock + 1
        ),
      ]
      for (stored, name, storedStep, step, count) in ways {
        for layer in 0..<count {
          entries += [
            Entry("\(stored).block.\(layer)", "\(name).resnets.\(layer)"),
            Entry("\(stored).block.\(layer).nin_shortcut", "\(name).resnets.\(layer).conv_shortcut"),
          ]
        }
        entries.append(Entry("\(stored).\(storedStep).conv", "\(name).\(step).0.conv"))
      }
    }
    return KeyMap(entries)
  }
}
