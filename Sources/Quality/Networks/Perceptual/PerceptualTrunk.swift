internal import Checkpoints
internal import Layers
internal import Torch

/// The convolutions of a classifier that a perceptual metric compares pictures by.
struct PerceptualTrunk {
  private struct Stage {
    let convolutions: [Conv2d]  // features.N
    let shrinks: Bool
  }

  let layout: TrunkLayout
  let channels: [Int]
  private let stages: [Stage]

  /// Takes `features.N.weight` and `features.N.bias`.
  /// - Parameters:
  ///   - path: Where torchvision's network stands.
  ///   - channels: After each stage; nil is the published widths.
  init(_ path: ParameterPath, _ layout: TrunkLayout, channels: [Int]? = nil) throws {
    let widths = channels ?? layout.channels
    guard widths.count == layout.stages.count else {
      throw QualityError(
        .configuration, "a trunk of \(layout.stages.count) stages needs as many widths, not \(widths)")
    }
    self.layout = layout
    self.channels = widths
    var inputs = 3
    var stages: [Stage] = []
    for (number, convolutions) in layout.stages.enumerated() {
      let layers = try convolutions.map { convolution in
        defer { inputs = widths[number] }
        return try Conv2d(
          path / "features" / convolution.index, in: inputs, out: widths[number], size: convolution.size,
          stride: convolution.stride, padding: convolution.padding)
      }
      stages.append(Stage(convolutions: layers, shrinks: layout.pools(before: number)))
    }
    self.stages = stages
  }

  /// What stands after each stage.
  /// - Parameter x_BCHW: A normalised picture.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> [Tensor] {
    var x_BCHW = x_BCHW
    var taps: [Tensor] = []
    for stage in stages {
      if stage.shrinks { x_BCHW = try pooled(x_BCHW) }
      for convolution in stage.convolutions { x_BCHW = try convolution(x_BCHW).relu() }
      taps.append(x_BCHW)
    }
    return taps
  }

  private func pooled(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    switch layout.pooling {
    case .largest(let size): return try x_BCHW.maxPooled(size, stride: 2)
    case .root:
      // The inner three of five points of a Hann window, (1, 2, 1) / 4, along both axes.
      let taps = [1, 2, 1, 2, 4, 2, 1, 2, 1].map { Float($0) / 16 }
      let window = try Tensor(taps, [1, 1, 3, 3]).to(device: x_BCHW.device).repeated([x_BCHW.size(1), 1, 1, 1])
      return try (x_BCHW.square().conv2d(window, stride: 2, padding: 1, groups: x_BCHW.size(1)) + 1e-12).sqrt()
    }
  }
}
