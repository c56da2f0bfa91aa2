public import Checkpoints
public import Torch

/// A table of rows that are looked up by number.
public struct Embedding {
  /// `[count, width]`.
  public let weight: Tensor

  /// Takes `weight`.
  /// - Parameters:
  ///   - count: The number of rows.
  ///   - deviation: The standard deviation of a new table.
  public init(_ path: ParameterPath, count: Int, width: Int, deviation: Double = 1) throws {
    weight = try path.take("weight", [count, width], .normal(deviation))
  }

  /// int64 numbers `[…]` to rows `[…, width]`.
  public func callAsFunction(_ indices: Tensor) throws(TorchError) -> Tensor { try weight.embedded(indices) }
}
