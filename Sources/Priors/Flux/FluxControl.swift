public import Torch

/// What an adapter adds to the tokens behind each block of a ``FluxTransformer``.
///
/// Blocks are counted through, the double ones first. What is added is asked for block by block, so that an adapter need
/// not hold it for all blocks at once.
public protocol FluxControl {
  /// What is added to the picture's tokens.
  /// - Parameter block: The block's number.
  /// - Returns: `[B, L, D]`, in the transformer's type; nil for nothing.
  /// - Throws: `TorchError`, also when memory runs out.
  func picture(behind block: Int) throws(TorchError) -> Tensor?

  /// What is added to the text's tokens. Behind the last block it is not asked for where that is a single one: text does
  /// not reach the output from there.
  /// - Parameter block: The block's number.
  /// - Returns: `[B, T, D]`, in the transformer's type; nil for nothing.
  /// - Throws: `TorchError`, also when memory runs out.
  func text(behind block: Int) throws(TorchError) -> Tensor?
}
