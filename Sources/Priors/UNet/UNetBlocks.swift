internal import Checkpoints
internal import Layers
internal import Torch

/// One level on the way down.
struct DownBlock {
  private let resnets: [ResnetBlock2D]  // resnets
  private let attentions: [BlockAttention]  // attentions, image_attentions
  private let downsampler: Downsample2D?  // downsamplers.0
  private let level: Int

  init(_ path: ParameterPath, _ config: UNetConfig, level: Int, in inputs: Int) throws {
    self.level = level
    let width = config.blockOutChannels[level]
    resnets = try (0..<config.layersPerBlock).map { layer in
      try ResnetBlock2D(path / "resnets" / layer, config, in: layer == 0 ? inputs : width, out: width)
    }
    attentions =
      config.downBlockTypes[level] == "CrossAttnDownBlock2D"
      ? try (0..<config.layersPerBlock).map { try BlockAttention(path, config, layer: $0, level: level) } : []
    let isLast = level == config.blockOutChannels.count - 1
    downsampler = isLast ? nil : try Downsample2D(path / "downsamplers" / 0, channels: width)
  }

  func callAsFunction(
    _ x_BCHW: Tensor, time_BD: Tensor, conditioning: UNetConditioning, skips: inout [Tensor],
    adapt: FeatureChange? = nil
  ) throws(TorchError) -> Tensor {
    var x_BCHW = x_BCHW
    let structure_BSHW = try conditioning.structure(level)
    for (layer, resnet) in resnets.enumerated() {
      let attention = attentions.indices.contains(layer) ? attentions[layer] : nil
      x_BCHW = try recomputedInBackward { [x_BCHW] () throws(TorchError) in
        let y_BCHW = try resnet(x_BCHW, time: time_BD, structure: structure_BSHW)
        guard let attention else { return y_BCHW }
        return try attention(y_BCHW, conditioning)
      }
      // Before the skip is kept, so that the way up sees the change too.
      if let adapt, layer == resnets.count - 1 { x_BCHW = try adapt(x_BCHW, .down(level)) }
      skips.append(x_BCHW)
    }
    if let downsampler {
      x_BCHW = try downsampler(x_BCHW)
      skips.append(x_BCHW)
    }
    return x_BCHW
  }
}

/// The coarsest level: two residual blocks around a transformer, or one residual block.
struct MidBlock {
  private let first: ResnetBlock2D  // resnets.0
  private let attention: BlockAttention?  // attentions.0, image_attentions.0
  private let second: ResnetBlock2D?  // resnets.1
  private let level: Int

  init(_ path: ParameterPath, _ config: UNetConfig) throws {
    let level = config.blockOutChannels.count - 1
    self.level = level
    let width = config.blockOutChannels[level]
    func resnet(_ index: Int) throws -> ResnetBlock2D {
      try ResnetBlock2D(path / "resnets" / index, config, in: width, out: width)
    }
    first = try resnet(0)
    let attends = config.midBlockType == "UNetMidBlock2DCrossAttn"
    attention = attends ? try BlockAttention(path, config, layer: 0, level: level) : nil
    second = attends ? try resnet(1) : nil
  }

  func callAsFunction(_ x_BCHW: Tensor, time_BD: Tensor, conditioning: UNetConditioning) throws(TorchError) -> Tensor {
    let structure_BSHW = try conditioning.structure(level)
    return try recomputedInBackward { () throws(TorchError) in
      var x_BCHW = try first(x_BCHW, time: time_BD, structure: structure_BSHW)
      if let attention { x_BCHW = try attention(x_BCHW, conditioning) }
      if let second { x_BCHW = try second(x_BCHW, time: time_BD, structure: structure_BSHW) }
      return x_BCHW
    }
  }
}

/// One level on the way up.
struct UpBlock {
  private let resnets: [ResnetBlock2D]  // resnets
  private let attentions: [BlockAttention]  // attentions, image_attentions
  private let upsampler: Upsample2D?  // upsamplers.0
  private let index: Int
  private let level: Int

  /// - Parameters:
  ///   - index: Position on the way up, 0 for the coarsest level.
  ///   - inputs: Channels that come from below.
  init(_ path: ParameterPath, _ config: UNetConfig, index: Int, in inputs: Int) throws {
    let widths = config.blockOutChannels
    let level = widths.count - 1 - index
    self.index = index
    self.level = level
    let width = widths[level]
    // The last skip of a level is what came down into it.
    let lastSkip = widths[max(level - 1, 0)]
    let count = config.layersPerBlock + 1
    resnets = try (0..<count).map { layer in
      try ResnetBlock2D(
        path / "resnets" / layer, config,
        in: (layer == 0 ? inputs : width) + (layer == count - 1 ? lastSkip : width), out: width)
    }
    attentions =
      config.upBlockTypes[index] == "CrossAttnUpBlock2D"
      ? try (0..<count).map { try BlockAttention(path, config, layer: $0, level: level) } : []
    upsampler = level == 0 ? nil : try Upsample2D(path / "upsamplers" / 0, channels: width)
  }

  func callAsFunction(
    _ x_BCHW: Tensor, time_BD: Tensor, conditioning: UNetConditioning, skips: inout [Tensor],
    adapt: FeatureChange? = nil
  ) throws(TorchError) -> Tensor {
    var x_BCHW = x_BCHW
    let structure_BSHW = try conditioning.structure(level)
    for (layer, resnet) in resnets.enumerated() {
      guard let skip = skips.popLast() else { throw TorchError(.argument, "a U-Net's way up found no skip left") }
      let attention = attentions.indices.contains(layer) ? attentions[layer] : nil
      x_BCHW = try recomputedInBackward { [x_BCHW] () throws(TorchError) in
        let y_BCHW = try resnet(
          try .concatenated([x_BCHW, skip], axis: 1), time: time_BD, structure: structure_BSHW)
        guard let attention else { return y_BCHW }
        return try attention(y_BCHW, conditioning)
      }
    }
    if let adapt { x_BCHW = try adapt(x_BCHW, .up(index)) }
    if let upsampler {
      x_BCHW = try upsampler(x_BCHW, height: skips.last?.size(2), width: skips.last?.size(3))
    }
    return x_BCHW
  }
}

extension ResnetBlock2D {
  /// A residual block of a U-Net.
  fileprivate init(_ path: ParameterPath, _ config: UNetConfig, in inputs: Int, out outputs: Int) throws {
    try self.init(
      path, in: inputs, out: outputs, timeChannels: config.timeWidth, groups: config.normGroups,
      epsilon: config.normEpsilon, modulation: config.structureModulation)
  }
}
