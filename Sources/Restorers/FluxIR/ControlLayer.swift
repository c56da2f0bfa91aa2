internal import Checkpoints
internal import Layers
internal import Torch

/// Makes what is added behind one block of the adapter's feature: see ``FluxIRConfig/Kind``.
struct ControlLayer {
  private let down: Linear  // down
  private let up: Linear  // up
  private let gain: Tensor?  // gamma
  private let kind: FluxIRConfig.Kind

  /// Takes the layer's parameters. A new layer answers zeros.
  init(_ path: ParameterPath, _ config: FluxIRConfig, width: Int) throws {
    kind = config.kind
    down = try Linear(path / "down", in: width, out: config.rank)
    // A gate of one half is no zero: what is zero there is its gain.
    up = try Linear(path / "up", in: config.rank, out: width, zero: kind == .bottleneck)
    gain = kind == .bottleneck ? nil : try path.take("gamma", [width], .zeros)
  }

  /// `[B, L, D]` to the same shape.
  func callAsFunction(_ feature_BLD: Tensor) throws(TorchError) -> Tensor {
    let squeezed = kind == .gate ? try feature_BLD.mean([1], keepingAxes: true) : feature_BLD
    let excited = try up(try down(squeezed).relu())
    guard let gain else { return excited }
    return try feature_BLD * excited.sigmoid() * gain
  }
}
