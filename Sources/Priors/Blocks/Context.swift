public import Torch

/// Tokens that cross-attention looks at, with the keys and values that each layer made of them.
///
/// Tokens do not change over the steps of a run nor over its tiles, so each layer computes its keys and values once.
/// While gradients are recorded nothing is kept: a graph lives for one step only.
public final class Context {
  /// `[B, L, D]`.
  public let tokens_BLD: Tensor
  private var projected: [String: (key: Tensor, value: Tensor)] = [:]

  /// Wraps tokens, `[B, L, D]`.
  public init(_ tokens_BLD: Tensor) { self.tokens_BLD = tokens_BLD }

  func projection(
    of layer: String, _ make: (Tensor) throws(TorchError) -> (key: Tensor, value: Tensor)
  ) throws(TorchError) -> (key: Tensor, value: Tensor) {
    if isGradientRecorded { return try make(tokens_BLD) }
    if let known = projected[layer] { return known }
    let made = try make(tokens_BLD)
    projected[layer] = made
    return made
  }
}
