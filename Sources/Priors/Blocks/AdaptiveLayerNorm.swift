public import Checkpoints
internal import Layers
public import Torch

/// Shift, scale and gate of one branch of a diffusion transformer's block, each `[B, 1, D]`.
public struct Modulation {
  /// Added to normalised tokens.
  public let shift_B1D: Tensor
  /// `1 +` this multiplies normalised tokens.
  public let scale_B1D: Tensor
  /// Multiplies what the branch answers.
  public let gate_B1D: Tensor

  /// `normed (1 + scale) + shift`, `[B, L, D]`.
  public func callAsFunction(_ normed_BLD: Tensor) throws(TorchError) -> Tensor {
    try modulated(normed_BLD, shift: shift_B1D, scale: scale_B1D)
  }

  /// `residual + gate branch`, `[B, L, D]`.
  public func gated(_ branch_BLD: Tensor, onto residual_BLD: Tensor) throws(TorchError) -> Tensor {
    try residual_BLD.addingProduct(branch_BLD, gate_B1D)
  }
}

/// Modulations of a block, made of time and pooled text (AdaLN-Zero, Peebles and Xie 2023).
///
/// Three numbers a channel and branch in the order shift, scale, gate: three for a block with one branch, six with
/// attention and feed-forward, nine where a second attention follows (SD 3.5's AdaLN-ZeroX).
public struct AdaptiveLayerNormZero {
  private let linear: Linear  // linear
  private let branches: Int

  /// Takes `linear`. A new layer starts as zero, so that every block is at first the identity.
  /// - Parameters:
  ///   - width: Width of a token and of the conditioning vector.
  ///   - branches: How many modulations it makes.
  public init(_ path: ParameterPath, width: Int, branches: Int) throws {
    linear = try Linear(path / "linear", in: width, out: 3 * branches * width, zero: true)
    self.branches = branches
  }

  /// - Parameter activated_BD: SiLU of the conditioning vector, which all blocks share.
  /// - Returns: One modulation a branch.
  public func callAsFunction(_ activated_BD: Tensor) throws(TorchError) -> [Modulation] {
    let parts_B1D = try linear(activated_BD).unsqueezed(1).chunks(3 * branches, axis: 2)
    return (0..<branches).map {
      Modulation(shift_B1D: parts_B1D[3 * $0], scale_B1D: parts_B1D[3 * $0 + 1], gate_B1D: parts_B1D[3 * $0 + 2])
    }
  }
}

/// A norm whose scale and shift are made of time and pooled text (AdaLN-continuous): before a transformer's output.
///
/// The published keys hold the scale's half first; the original authors' files hold the shift's.
public struct AdaptiveLayerNormContinuous {
  private let linear: Linear  // linear

  /// Takes `linear`.
  /// - Parameter width: Width of a token and of the conditioning vector.
  public init(_ path: ParameterPath, width: Int) throws {
    linear = try Linear(path / "linear", in: width, out: 2 * width)
  }

  /// - Parameters:
  ///   - x_BLD: Tokens.
  ///   - activated_BD: SiLU of the conditioning vector.
  public func callAsFunction(_ x_BLD: Tensor, _ activated_BD: Tensor) throws(TorchError) -> Tensor {
    let parts_B1D = try linear(activated_BD).unsqueezed(1).chunks(2, axis: 2)
    return try modulated(try standardised(x_BLD), shift: parts_B1D[1], scale: parts_B1D[0])
  }
}

/// The layer norm of diffusion transformers, which has no parameters of its own: `[B, L, D]` to the same shape.
func standardised(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
  try x_BLD.layerNorm(x_BLD.size(2), weight: nil, bias: nil, epsilon: 1e-6)
}

private func modulated(_ normed_BLD: Tensor, shift: Tensor, scale: Tensor) throws(TorchError) -> Tensor {
  try shift.addingProduct(normed_BLD, try scale + 1)
}
