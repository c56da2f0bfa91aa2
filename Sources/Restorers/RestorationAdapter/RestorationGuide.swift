internal import Priors
internal import Torch

/// Restoration adapters that look at one low-quality picture.
struct RestorationGuide: FeatureAdapter {
  let adapter: RestorationAdapter
  let low_BCHW: Tensor
  let scale: Double

  func begin(embedding_BD: Tensor) throws(TorchError) -> FeatureChange {
    // Not even a sum with zero: the prior shall answer as if there were no adapters, to the bit.
    guard scale != 0 else { return { features, _ throws(TorchError) in features } }
    let (adapter, scale) = (adapter, scale)
    let embedding_BD = try embedding_BD.to(adapter.dtype)
    let first_BCHW = try patches(rows: embedding_BD.size(0))
    let grid = (height: first_BCHW.size(2), width: first_BCHW.size(3))
    var low_BCHW = first_BCHW
    return { features, site throws(TorchError) in
      guard let layer = adapter.sites[site] else { return features }
      let map_BCHW = try adapter.backbone.map(features, at: site, grid: grid)
      let answer = try layer(try map_BCHW.to(adapter.dtype), low: low_BCHW, embedding_BD: embedding_BD)
      low_BCHW = answer.low_BCHW
      let residual_BCHW = scale == 1 ? answer.residual_BCHW : try answer.residual_BCHW * scale
      return try adapter.backbone.features(try map_BCHW + residual_BCHW.to(map_BCHW.dtype), like: features)
    }
  }

  /// The low-quality latent as the first site sees it: a pixel for each patch, and a row for each of the network's.
  private func patches(rows: Int) throws(TorchError) -> Tensor {
    let size = adapter.backbone.patchSize
    let shape = low_BCHW.shape
    guard shape.count == 4, shape[1] * size * size == adapter.backbone.lowWidth, shape[0] > 0, rows % shape[0] == 0,
      shape[2] % size == 0, shape[3] % size == 0
    else {
      throw TorchError(
        .argument,
        "restoration adapters for '\(adapter.backbone.id)' were given a low-quality latent of shape \(shape) beside "
          + "\(rows) noisy ones: it has \(adapter.backbone.lowWidth / (size * size)) channels, sides that are multiples of "
          + "\(size), and a number of rows that divides theirs")
    }
    var patches_BCHW = try low_BCHW.to(adapter.dtype)
    if size > 1 { patches_BCHW = try patches_BCHW.pixelUnshuffled(size) }
    if rows != shape[0] { patches_BCHW = try patches_BCHW.repeated([rows / shape[0], 1, 1, 1]) }
    return try patches_BCHW.contiguous(.channelsLast)
  }
}

extension AdapterBackbone {
  /// Features as a map, which costs nothing: a U-Net's are one, a transformer's tokens stand row after row.
  /// - Parameter grid: Size of the low-quality picture at the finest sites.
  fileprivate func map(
    _ features: Tensor, at site: FeatureSite, grid: (height: Int, width: Int)
  ) throws(TorchError) -> Tensor {
    let fits: Bool
    switch self {
    case .unet:
      // A level halves sides and rounds up.
      let step = 1 << level(of: site)
      fits =
        features.size(2) == (grid.height + step - 1) / step && features.size(3) == (grid.width + step - 1) / step
    case .transformer: fits = features.size(1) == grid.height * grid.width
    }
    guard fits else {
      throw TorchError(
        .argument,
        "features of shape \(features.shape) at '\(site)' do not go with a low-quality latent of "
          + "\(grid.height * patchSize)×\(grid.width * patchSize): it must have the size of the noisy one")
    }
    guard case .transformer(let config) = self else { return features }
    return try features.reshaped([features.size(0), grid.height, grid.width, config.width]).permuted([0, 3, 1, 2])
  }

  /// A map as the network's features.
  fileprivate func features(_ map_BCHW: Tensor, like features: Tensor) throws(TorchError) -> Tensor {
    guard case .transformer = self else { return map_BCHW }
    return try map_BCHW.permuted([0, 2, 3, 1]).reshaped(features.shape)
  }
}
