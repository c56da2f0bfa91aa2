/// How low-quality pictures are made from good ones: what is drawn, over which ranges, in the order blur, shrink, noise, 8 bits, JPEG.
public struct DegradationRecipe: Sendable, Codable, Equatable {
  /// What it is called in records and reports.
  public var name: String
  /// How many times smaller the result is along each side.
  public var scale: Int = 4
  /// The share of pictures that are only shrunk, by MATLAB's bicubic.
  public var plainShare: Double = 0
  /// The blur before the shrinking.
  public var blur: BlurChoice = .none
  /// How often each way to shrink is drawn, relative to the others.
  public var shrink: [Resampling: Double] = [.matlabBicubic: 1]
  /// The noise on the small picture.
  public var noise: NoiseChoice = .none
  /// The compression of the small picture.
  public var compression: CompressionChoice = .none

  /// Only shrinking, by MATLAB's bicubic, until more is set.
  /// - Parameters:
  ///   - name: What it is called in records and reports.
  ///   - scale: How many times smaller the result is along each side.
  public init(name: String, scale: Int = 4) {
    self.name = name
    self.scale = scale
  }

  /// Draws what happens to one picture.
  /// - Parameter random: A stream of the picture's own, for example `SeededRandom(seed: seed, name: fileName)`.
  public func draw(using random: inout SeededRandom) -> DegradationDraw {
    let factor = 1 / Double(scale)
    guard !random.chance(plainShare) else {
      return DegradationDraw(recipe: name, steps: [.resize(factor: factor, method: .matlabBicubic), .quantise])
    }
    var steps: [DegradationStep] = []
    if let kernel = blur.draw(using: &random) { steps.append(.blur(kernel: kernel)) }
    let method = Resampling.allCases[random.index(weights: Resampling.allCases.map { shrink[$0] ?? 0 })]
    steps.append(
      method == .matlabBicubic
        ? .resize(factor: factor, method: method) : .resizeToFraction(fraction: factor, method: method))
    if let noise = noise.draw(using: &random) { steps.append(noise) }
    steps.append(.quantise)
    if let compression = compression.draw(using: &random) { steps.append(compression) }
    return DegradationDraw(recipe: name, steps: steps)
  }
}
