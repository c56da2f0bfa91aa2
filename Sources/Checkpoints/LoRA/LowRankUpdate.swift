public import Torch

/// A low-rank change of a weight (LoRA, Hu et al. 2021): `scale · B A` is added to some of its rows.
public struct LowRankUpdate {
  /// `A`: `[rank, in]`, or `[rank, in, k, k]` for a convolution.
  public let down: Tensor
  /// `B`: `[out, rank]`, or `[out, rank, 1, 1]` for a convolution.
  public let up: Tensor
  /// What the product is multiplied by: alpha / rank, times the strength that was chosen.
  public let scale: Double
  /// The rows of the weight that change, as many as `up` has; nil is all of them.
  public let rows: Range<Int>?

  /// A change of a weight.
  public init(down: Tensor, up: Tensor, scale: Double, rows: Range<Int>? = nil) {
    self.down = down
    self.up = up
    self.scale = scale
    self.rows = rows
  }

  /// The number of rows of `A`, and of columns of `B`.
  public var rank: Int { down.size(0) }

  /// The same change, weaker or stronger.
  /// - Parameter strength: 1 is as trained, 0 none.
  public func scaled(by strength: Double) -> LowRankUpdate {
    LowRankUpdate(down: down, up: up, scale: scale * strength, rows: rows)
  }

  /// The same as a change of all rows, with zeros for those that stay: what ``BranchedSource`` takes.
  /// - Parameter outputs: Rows of the weight.
  /// - Throws: `CheckpointError` for rows that the weight has not.
  public func widened(to outputs: Int) throws -> LowRankUpdate {
    guard let rows else { return self }
    guard rows.lowerBound >= 0, rows.upperBound <= outputs, rows.count == up.size(0) else {
      throw CheckpointError(
        .mismatch, "widening a LoRA of rows \(rows.lowerBound)..<\(rows.upperBound): the weight has \(outputs) rows")
    }
    let rest = Array(up.shape.dropFirst())
    func zeros(_ count: Int) throws -> Tensor {
      try .zeros([count] + rest, dtype: up.dtype, device: up.device)
    }
    let wide = try Tensor.concatenated([zeros(rows.lowerBound), up, zeros(outputs - rows.upperBound)], axis: 0)
    return LowRankUpdate(down: down, up: wide, scale: scale)
  }

  /// Adds the change into a float32 weight's memory.
  /// - Parameter describing: Names the weight, for messages.
  /// - Throws: `CheckpointError` when the shapes do not fit, `TorchError` when memory runs out.
  func add(inPlace weight: Tensor, describing: @autoclosure () -> String) throws {
    let place = rows ?? 0..<weight.size(0)
    try check(weight.shape, doing: "merging a LoRA into \(describing())")
    let device = weight.device
    let change = try (up.to(.float32, device: device).flattened(from: 1) * scale)
      .matmul(down.to(.float32, device: device).flattened(from: 1))
    let part = try weight.narrowed(0, from: place.lowerBound, length: place.count)
    try part.add(inPlace: try change.reshaped(part.shape))
  }

  /// Throws unless the change fits a weight of this shape.
  func check(_ shape: [Int], doing: @autoclosure () -> String) throws(CheckpointError) {
    let outputs = shape.first ?? 0
    let place = rows ?? 0..<outputs
    let numbers = shape.dropFirst().reduce(1, *)
    let isFitting =
      up.rank >= 2 && down.rank >= 2 && place.upperBound <= outputs && up.size(0) == place.count
      && up.count == up.size(0) * down.size(0) && down.count == down.size(0) * numbers
    guard isFitting else {
      throw CheckpointError(
        .mismatch,
        "\(doing()): B \(up.shape) times A \(down.shape) does not fit rows "
          + "\(place.lowerBound)..<\(place.upperBound) of \(shape). Was it made for another model?")
    }
  }
}

extension [String: [LowRankUpdate]] {
  /// The same changes, weaker or stronger: LoRA's strength.
  /// - Parameter strength: 1 is as trained, 0 none.
  public func scaled(by strength: Double) -> Self {
    strength == 1 ? self : mapValues { $0.map { $0.scaled(by: strength) } }
  }
}
