public import Checkpoints
internal import Layers
public import Torch

/// Feed-forward with a gated exact GELU (GEGLU, Shazeer 2020): four times as wide inside.
public struct GatedFeedForward {
  private let projIn: Linear  // net.0.proj
  private let valueIn: Linear  // its first half
  private let gateIn: Linear  // its second half
  private let projOut: Linear  // net.2

  /// Takes `net.0.proj` and `net.2`.
  public init(_ path: ParameterPath, width: Int) throws {
    projIn = try Linear(path / "net" / 0 / "proj", in: width, out: 8 * width)
    valueIn = try projIn.narrowed(0..<4 * width)
    gateIn = try projIn.narrowed(4 * width..<8 * width)
    projOut = try Linear(path / "net" / 2, in: 4 * width, out: width)
  }

  /// `[B, L, D]` to the same shape. The value stands before the gate.
  public func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    if isGradientRecorded {
      let halves = try projIn(x_BLD).chunks(2, axis: -1)
      return try projOut(try halves[0] * halves[1].gelu())
    }
    // Halves that each lie in one piece can be worked on where they are, without copies.
    let gate_BLD = try gateIn(x_BLD).reusedForGelu()
    return try projOut(try valueIn(x_BLD).reusedForProduct(with: gate_BLD))
  }
}
