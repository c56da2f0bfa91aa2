public import Torch

/// Tokens that cross-attention looks at, with the keys and values that each layer made of them.
///
/// Tokens do not change over the steps of a run nor over its tiles, so each layer computes its keys and values once.
/// A U-Net and its ControlNet may share one context: what a layer made is found by the layer, not by its name, which
/// both networks have. While gradients are recorded nothing is kept: a graph lives for one step only.
public final class Context {
  /// `[B, L, D]`.
  public let tokens_BLD: Tensor

  /// The layer's weight is held, so that no later tensor can take its identity.
  private struct Projection {
    let weight: Tensor
    let pair: (key: Tensor, value: Tensor)
  }

  private var projections: [ObjectIdentifier: Projection] = [:]

  /// Wraps tokens, `[B, L, D]`, in any floating-point type.
  public init(_ tokens_BLD: Tensor) { self.tokens_BLD = tokens_BLD }

  /// The keys and values of the layer whose key weight is `weight`, made of the tokens in that weight's type.
  func projection(
    of weight: Tensor, _ make: (Tensor) throws(TorchError) -> (key: Tensor, value: Tensor)
  ) throws(TorchError) -> (key: Tensor, value: Tensor) {
    if isGradientRecorded { return try make(try tokens_BLD.to(weight.dtype)) }
    if let known = projections[ObjectIdentifier(weight)] { return known.pair }
    let made = try make(try tokens_BLD.to(weight.dtype))
    projections[ObjectIdentifier(weight)] = Projection(weight: weight, pair: made)
    return made
  }
}
