public import Checkpoints
internal import Layers
public import Torch

/// Features scaled and shifted, pixel by pixel, as a second map says (SPADE, Park et al. 2019; StableSR's spatial feature
/// transform).
///
/// `a = ReLU(conv(s))`, `h′ = norm(h) (1 + conv(a)) + conv(a)`. For a map that says nothing it is a group norm, not the
/// identity.
public struct SpatialModulation {
  /// The sizes of the map that steers, and of the layer behind it.
  public struct Sizes: Sendable, Hashable {
    /// Channels of the map that steers.
    public var channels: Int
    /// Channels between the map, and scale and shift.
    public var hidden: Int

    /// Channels of the map, and of the layer behind it.
    public init(channels: Int, hidden: Int) {
      self.channels = channels
      self.hidden = hidden
    }
  }

  private let norm: GroupNorm  // param_free_norm: it has parameters, whatever it is called
  private let shared: Conv2d  // mlp_shared.0
  private let scale: Conv2d  // mlp_gamma
  private let shift: Conv2d  // mlp_beta

  /// Takes the layer's parameters.
  /// - Parameter width: Channels of the features.
  public init(_ path: ParameterPath, width: Int, _ sizes: Sizes, groups: Int, epsilon: Double) throws {
    norm = try GroupNorm(path / "param_free_norm", groups: groups, channels: width, epsilon: epsilon)
    shared = try Conv2d(path / "mlp_shared" / 0, in: sizes.channels, out: sizes.hidden)
    scale = try Conv2d(path / "mlp_gamma", in: sizes.hidden, out: width)
    shift = try Conv2d(path / "mlp_beta", in: sizes.hidden, out: width)
  }

  /// - Parameters:
  ///   - x_BCHW: Features.
  ///   - map_BSHW: What steers them, of the same height and width.
  /// - Throws: `TorchError` for a map of another size.
  public func callAsFunction(_ x_BCHW: Tensor, map map_BSHW: Tensor) throws(TorchError) -> Tensor {
    guard map_BSHW.rank == 4, map_BSHW.size(2) == x_BCHW.size(2), map_BSHW.size(3) == x_BCHW.size(3) else {
      throw TorchError(
        .argument,
        "structure features of shape \(map_BSHW.shape) cannot steer features of shape \(x_BCHW.shape): a latent's sides "
          + "must be multiples of what the networks reduce it by")
    }
    let hidden = try shared(try map_BSHW.to(shared.dtype)).relu()
    return try norm(x_BCHW).reusedForProduct(with: try scale(hidden) + 1).reusedForSum(with: try shift(hidden))
  }
}
