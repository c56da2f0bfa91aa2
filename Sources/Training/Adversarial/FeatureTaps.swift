internal import Priors
internal import Torch

/// Looks at the features of a U-Net's levels while it runs, and changes nothing.
final class FeatureTaps: FeatureAdapter {
  /// The maps of the last pass, in the order of the network's blocks.
  private(set) var maps: [Tensor] = []

  func begin(embedding_BD: Tensor) throws(TorchError) -> FeatureChange {
    maps = []
    return { [self] features, _ throws(TorchError) in
      maps.append(features)
      return features
    }
  }
}
