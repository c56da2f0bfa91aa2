public import Torch

/// Changes a network's features between its blocks while the network's own weights stay: the seam for restoration
/// adapters.
///
/// A network that is given none does nothing more than before.
public protocol FeatureAdapter {
  /// Begins one pass of a network: what an adapter hands from site to site lives as long as the pass.
  /// - Parameter embedding_BD: The network's embedding of time (and of pooled text and sizes, where it has them), before
  ///   any activation, one row for each row of the latent.
  /// - Returns: What the network asks at each of its sites, in the order of its blocks.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  func begin(embedding_BD: Tensor) throws(TorchError) -> FeatureChange
}

/// Given features and where they stand, answers the features to go on with, of the same shape and type: BCHW in a U-Net,
/// the picture's tokens `[B, L, D]` in a transformer.
public typealias FeatureChange = (_ features: Tensor, _ site: FeatureSite) throws(TorchError) -> Tensor
