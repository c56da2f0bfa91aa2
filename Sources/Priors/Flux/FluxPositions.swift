public import Torch

extension FluxTransformerConfig {
  /// Where the tokens of a text and of a latent stand: the text's all at the origin, a latent's in its rows and columns.
  /// - Parameters:
  ///   - textLength: Tokens of the text, which come first.
  ///   - rows: Rows of the latent's tokens: half of its pixels'.
  ///   - columns: Columns of the latent's tokens.
  ///   - device: Where the network runs.
  /// - Throws: `TorchError`, also when memory runs out.
  public func positions(
    textLength: Int, rows: Int, columns: Int, device: Device = .cpu
  ) throws(TorchError) -> RotaryTable {
    let picture: [[Double]] = (0..<rows).flatMap { row in (0..<columns).map { [0, Double(row), Double($0)] } }
    return try RotaryTable(
      positions: Array(repeating: [0, 0, 0], count: textLength) + picture, channels: axisChannels, device: device)
  }

  /// Where tokens stand that are listed by hand.
  /// - Parameter ids_SA: Three numbers a token (`txt_ids`, then `img_ids`), of any type.
  /// - Throws: `TorchError` for another shape.
  public func positions(ids_SA: Tensor) throws(TorchError) -> RotaryTable {
    let numbers = try ids_SA.doubles()
    let axes = ids_SA.size(1)
    return try RotaryTable(
      positions: (0..<ids_SA.size(0)).map { Array(numbers[$0 * axes..<($0 + 1) * axes]) }, channels: axisChannels,
      device: ids_SA.device)
  }
}
