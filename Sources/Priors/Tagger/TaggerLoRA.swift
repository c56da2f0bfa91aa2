internal import Checkpoints
internal import Torch

/// DAPE's LoRA: which weights of the tagger it changes, and how its tensors are put together.
struct TaggerLoRA {
  /// The changes by the key of the weight.
  let updates: [String: [LowRankUpdate]]

  /// Takes `lora_A` and `lora_B` of every weight that DAPE trains: `qkv` in each block of the tower, `query` and `key` in
  /// each block of the tag decoder.
  init(_ path: ParameterPath, _ config: TaggerConfig) throws {
    let (rank, scale) = (config.lora.rank, config.lora.alpha / Double(config.lora.rank))
    var updates: [String: [LowRankUpdate]] = [:]
    for (stage, depth) in config.depths.enumerated() {
      let width = config.width(stage: stage)
      for block in 0..<depth {
        let place = path / "visual_encoder" / "layers" / stage / "blocks" / block / "attn" / "qkv"
        let (down, up) = try Self.pair(place, in: width, out: 2 * width, rank: rank, downRows: 2 * rank)
        // The first halves change the queries' third of the rows, the second halves the values'; keys stay.
        updates[place.prefix + ".weight"] = try [0, 1].map { half in
          let first = 2 * half * width
          return LowRankUpdate(
            down: try down.narrowed(0, from: half * rank, length: rank),
            up: try up.narrowed(0, from: half * width, length: width), scale: scale, rows: first..<first + width)
        }
      }
    }
    let width = config.decoder.width
    for layer in 0..<config.decoder.layers {
      for (name, inputs) in [("query", width), ("key", config.imageEmbedWidth)] {
        let place = path / "tagging_head" / "encoder" / "layer" / layer / "crossattention" / "self" / name
        let (down, up) = try Self.pair(place, in: inputs, out: width, rank: rank, downRows: rank)
        updates[place.prefix + ".weight"] = [LowRankUpdate(down: down, up: up, scale: scale)]
      }
    }
    self.updates = updates
  }

  /// The same changes as such of all rows, for layers that compute them beside their weights.
  func besides(_ weights: [String: [Int]]) throws -> [String: [LowRankUpdate]] {
    var besides: [String: [LowRankUpdate]] = [:]
    for (key, list) in updates {
      besides[key] = try list.map { update in
        try weights[key]?.first.map { rows in try update.widened(to: rows) } ?? update
      }
    }
    return besides
  }

  private static func pair(
    _ place: ParameterPath, in inputs: Int, out outputs: Int, rank: Int, downRows: Int
  ) throws -> (down: Tensor, up: Tensor) {
    (
      try place.take("lora_A", [downRows, inputs], .uniform(fanIn: inputs)),
      try place.take("lora_B", [outputs, rank], .zeros)
    )
  }
}
