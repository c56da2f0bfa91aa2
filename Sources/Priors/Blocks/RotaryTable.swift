internal import Foundation
public import Torch

/// Where each token of a sequence stands, as the angles by which attention turns its queries and keys (Su et al. 2021,
/// "RoFormer").
///
/// A token has a position on each of several axes, and each axis has some of a head's channels. Neighbouring channels are a
/// point in the plane; on an axis with `d` channels, pair `j` is turned by `position · theta^(-2j/d)`. The score of two
/// tokens then depends on how far they are apart.
public struct RotaryTable {
  /// Cosines, `[S, 1, K/2]`, float32: `S` tokens, heads of width `K`.
  private let cosine_S1P: Tensor
  /// Sines of the same angles.
  private let sine_S1P: Tensor

  /// The table of a sequence.
  ///
  /// Angles are taken in double precision: a position of 500 in float32 has lost the sixth digit of its angle.
  /// - Parameters:
  ///   - positions: A token's position on each axis, token by token.
  ///   - channels: Channels of a head that each axis has, all even.
  ///   - theta: Sets the slowest frequency.
  ///   - device: Where attention runs.
  /// - Throws: `TorchError` for tokens with another number of axes, or odd numbers of channels.
  public init(
    positions: [[Double]], channels: [Int], theta: Double = 10000, device: Device = .cpu
  ) throws(TorchError) {
    guard channels.allSatisfy({ $0 > 0 && $0.isMultiple(of: 2) }), positions.allSatisfy({ $0.count == channels.count })
    else {
      throw TorchError(
        .argument,
        "a table of rotations with \(channels) channels for its axes was given tokens of \(positions.first?.count ?? 0) "
          + "positions: each axis takes an even number of channels, and each token has a position on every axis")
    }
    let frequencies = channels.map { count in
      (0..<count / 2).map { pow(theta, -2 * Double($0) / Double(count)) }
    }
    let angles = try Tensor(
      positions.flatMap { place in zip(place, frequencies).flatMap { at, list in list.map { at * $0 } } },
      [positions.count, 1, channels.reduce(0, +) / 2])
    cosine_S1P = try angles.cos().to(.float32).to(device: device)
    sine_S1P = try angles.sin().to(.float32).to(device: device)
  }

  /// The number of tokens.
  public var length: Int { cosine_S1P.size(0) }

  /// Turns the channels of every head, in float32.
  /// - Parameter x_BSHK: Queries or keys, a token for each row of the table.
  /// - Returns: The same shape and type.
  /// - Throws: `TorchError` for another number of tokens or another width of a head.
  public func callAsFunction(_ x_BSHK: Tensor) throws(TorchError) -> Tensor {
    let pairs = try x_BSHK.to(.float32).reshaped(x_BSHK.shape.dropLast() + [x_BSHK.size(3) / 2, 2])
    let (x_BSHP, y_BSHP) = (try pairs.selected(4, 0), try pairs.selected(4, 1))
    let turned = try Tensor.stacked(
      [
        try (x_BSHP * cosine_S1P).addingProduct(y_BSHP, sine_S1P, value: -1),
        try (y_BSHP * cosine_S1P).addingProduct(x_BSHP, sine_S1P),
      ], axis: 4)
    return try turned.reshaped(x_BSHK.shape).to(x_BSHK.dtype)
  }
}
