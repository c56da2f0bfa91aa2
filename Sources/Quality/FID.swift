public import Checkpoints
public import Torch

/// Fréchet inception distance (Heusel et al. 2017) between two sets of pictures: of normal distributions fitted to features
/// of an Inception network. Less is better.
///
/// Pictures are resized as "clean" FID has them (Parmar et al. 2022): by PIL's antialiased bicubic in float, channel by
/// channel. It depends on how many pictures a set has: never compare different numbers of them, and take thousands.
public struct FID {
  /// `fid-clean`.
  public var name: String { "fid-clean" }
  /// Less is better.
  public var higherIsBetter: Bool { false }
  private let network: InceptionNetwork
  private let device: Device

  /// Takes the network's parameters under pytorch-fid's names.
  /// - Parameter device: Where the parameters are, and where features are computed.
  public init(_ path: ParameterPath, device: Device = .cpu) throws {
    network = try InceptionNetwork(path)
    self.device = device
  }

  /// Whether a key of the published checkpoint has no part in the features.
  public static func hasNoUse(_ key: String) -> Bool { InceptionNetwork.hasNoUse(key) }

  /// The features of pictures, `[B, 2048]`, float64 on the CPU.
  /// - Parameter image_BCHW: RGB: uint8 in 0 … 255, or a float type in 0 … 1.
  /// - Throws: `QualityError` for other than RGB pictures; `TorchError` from libtorch.
  public func features(_ image_BCHW: Tensor) throws -> Tensor {
    let levels = try MetricInput.unit(image_BCHW, on: device, metric: name) * 255
    let side = InceptionNetwork.side
    let resized = try levels.resized(height: side, width: side, .bicubic, antialias: true).clamped(min: 0, max: 255)
    return try network((resized - 128) / 128).to(device: .cpu).to(.float64)
  }

  /// The distance between two sets: |μ - ν|² + tr(S + T - 2 √(S T)), with sample covariances S and T.
  /// - Parameters:
  ///   - features_ND: Features of the first set, at least two.
  ///   - reference_MD: Features of the second set, at least two.
  /// - Throws: `QualityError` for sets of fewer pictures or of other widths; `TorchError` from libtorch.
  public static func distance(_ features_ND: Tensor, _ reference_MD: Tensor) throws -> Double {
    guard features_ND.size(0) > 1, reference_MD.size(0) > 1, features_ND.size(1) == reference_MD.size(1) else {
      throw QualityError(
        .picture,
        "measuring fid of \(features_ND.size(0)) and \(reference_MD.size(0)) pictures: each set needs at least two")
    }
    let (x, y) = (try features_ND.to(.float64), try reference_MD.to(.float64))
    let means = try (x.mean([0]) - y.mean([0])).square().sum().item()
    let (first, second) = (try x.covariance(), try y.covariance())
    // S T and √S T √S have the same eigenvalues; the second is symmetric, so that no root becomes complex.
    let root = try first.symmetricRoot()
    let (values, _) = try root.matmul(second).matmul(root).symmetricEigen()
    let mixed = try values.clamped(min: 0).sqrt().sum().item()
    let unit = try Tensor.identity(x.size(1), dtype: .float64)
    let traces = try ((first + second) * unit).sum().item()
    return means + traces - 2 * mixed
  }
}
