internal import Foundation

/// A blur kernel by its numbers; ``values()`` makes its weights, which sum to 1.
///
/// With offsets p = (x across, y down) from the centre, C = R(θ) diag(σx², σy²) R(θ)ᵀ and q = pᵀ C⁻¹ p, the weight is exp(-q/2),
/// exp(-q^β/2) or 1/(1 + q^β) (Liu et al., 2020, and Real-ESRGAN, 2021). The sinc kernel of cut-off ω is ω J₁(ωr) / (2πr), ω²/(4π) at the centre.
public struct BlurKernel: Sendable, Codable, Equatable {
  /// The formula.
  public var family: BlurFamily
  /// The side in pixels, odd.
  public var side: Int
  /// Standard deviation along the first axis, in pixels. The only one of round kernels; no meaning for sinc.
  public var sigmaX: Double
  /// Standard deviation along the second axis, in pixels. No meaning for round kernels and sinc.
  public var sigmaY: Double
  /// The turn of the first axis, in radians. No meaning for round kernels and sinc.
  public var angle: Double
  /// The exponent β of the generalized and plateau families.
  public var beta: Double
  /// The cut-off frequency ω of sinc, in radians a pixel, up to π.
  public var cutoff: Double

  /// A kernel of any family; numbers without meaning for it may be left out.
  public init(
    _ family: BlurFamily, side: Int, sigmaX: Double = 1, sigmaY: Double? = nil, angle: Double = 0, beta: Double = 1,
    cutoff: Double = Double.pi
  ) {
    self.family = family
    self.side = side
    self.sigmaX = sigmaX
    self.sigmaY = sigmaY ?? sigmaX
    self.angle = angle
    self.beta = beta
    self.cutoff = cutoff
  }

  /// A round Gaussian.
  /// - Parameters:
  ///   - sigma: Standard deviation in pixels.
  ///   - side: Odd; 21 holds all but 1e-7 of σ = 2.
  public static func gaussian(_ sigma: Double, side: Int = 21) -> BlurKernel {
    BlurKernel(.isotropic, side: side, sigmaX: sigma)
  }

  /// The weights, row by row, summing to 1.
  /// - Throws: `DegradationError` when a number makes no kernel.
  public func values() throws -> [Double] {
    try check()
    let radius = side / 2
    let weight = formula()
    var values: [Double] = []
    values.reserveCapacity(side * side)
    for y in -radius...radius {
      for x in -radius...radius { values.append(weight(Double(x), Double(y))) }
    }
    return try normalised(values)
  }

  /// For kernels that are an outer product of one vector with itself (the round Gaussian): that vector, summing to 1.
  /// - Throws: `DegradationError` when a number makes no kernel.
  public func profile() throws -> [Double]? {
    guard family == .isotropic else { return nil }
    try check()
    let radius = side / 2
    return try normalised((-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigmaX * sigmaX)) })
  }

  private func formula() -> (Double, Double) -> Double {
    let (sine, cosine) = family.isElliptic ? (sin(angle), cos(angle)) : (0, 1)
    let (sigmaX, sigmaY) = (sigmaX, family.isElliptic ? sigmaY : sigmaX)
    let quadratic: (Double, Double) -> Double = { x, y in
      let along = (cosine * x + sine * y) / sigmaX
      let across = (cosine * y - sine * x) / sigmaY
      return along * along + across * across
    }
    let (beta, cutoff) = (beta, cutoff)
    switch family {
    case .isotropic, .anisotropic: return { exp(-0.5 * quadratic($0, $1)) }
    case .generalizedIsotropic, .generalizedAnisotropic: return { exp(-0.5 * pow(quadratic($0, $1), beta)) }
    case .plateauIsotropic, .plateauAnisotropic: return { 1 / (1 + pow(quadratic($0, $1), beta)) }
    case .sinc:
      return { x, y in
        let distance = (x * x + y * y).squareRoot()
        return distance == 0
          ? cutoff * cutoff / (4 * Double.pi) : cutoff * j1(cutoff * distance) / (2 * Double.pi * distance)
      }
    }
  }

  private func normalised(_ values: [Double]) throws -> [Double] {
    let sum = values.reduce(0, +)
    guard sum.isFinite, sum > 0 else { throw DegradationError(.recipe, "making \(self): its weights sum to \(sum)") }
    return values.map { $0 / sum }
  }

  private func check() throws {
    guard side % 2 == 1, (1...101).contains(side) else {
      throw DegradationError(.recipe, "making a blur kernel with a side of \(side): it must be odd, from 1 to 101")
    }
    guard sigmaX > 0, sigmaY > 0, beta > 0, cutoff > 0, cutoff <= Double.pi, angle.isFinite else {
      throw DegradationError(
        .recipe,
        "making a \(family.rawValue) blur kernel: sigma (\(sigmaX), \(sigmaY)) and beta (\(beta)) must be above 0, the cut-off "
          + "(\(cutoff)) above 0 and at most pi")
    }
  }
}

extension BlurKernel {
  /// Weights in the middle of a larger square of zeros, as batches of kernels need them.
  /// - Parameters:
  ///   - values: A square of weights with an odd side.
  ///   - side: The larger odd side; the same or a smaller one leaves the weights as they are.
  public static func padded(_ values: [Double], to side: Int) -> [Double] {
    let inner = Int(Double(values.count).squareRoot().rounded())
    guard side > inner else { return values }
    let margin = (side - inner) / 2
    var result = [Double](repeating: 0, count: side * side)
    for y in 0..<inner {
      for x in 0..<inner { result[(y + margin) * side + x + margin] = values[y * inner + x] }
    }
    return result
  }
}

extension PlanarImage {
  /// Blurs every plane; the border reflects without repeating the edge pixel.
  /// - Parameter kernel: Round Gaussians take the fast way.
  /// - Throws: `DegradationError` when the kernel's numbers make no kernel.
  public func blurred(_ kernel: BlurKernel) throws -> PlanarImage {
    if let profile = try kernel.profile() { return try filtered(rows: profile, columns: profile) }
    return try filtered(kernel.values())
  }
}
