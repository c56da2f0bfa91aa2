/// The kinds of blur kernel that the field's pipelines draw from.
public enum BlurFamily: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// A round Gaussian.
  case isotropic
  /// A turned elliptic Gaussian.
  case anisotropic
  /// exp(-q^β / 2), round.
  case generalizedIsotropic = "generalized-isotropic"
  /// exp(-q^β / 2), elliptic.
  case generalizedAnisotropic = "generalized-anisotropic"
  /// 1 / (1 + q^β), round.
  case plateauIsotropic = "plateau-isotropic"
  /// 1 / (1 + q^β), elliptic.
  case plateauAnisotropic = "plateau-anisotropic"
  /// The circular low-pass, which rings.
  case sinc

  /// True for the families with two widths and an angle.
  public var isElliptic: Bool { self == .anisotropic || self == .generalizedAnisotropic || self == .plateauAnisotropic }
}
