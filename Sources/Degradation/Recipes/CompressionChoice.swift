/// How often and how strongly a recipe compresses.
public struct CompressionChoice: Sendable, Codable, Equatable {
  /// How often there is JPEG at all.
  public var probability: Double = 1
  /// Qualities, uniform among the whole numbers.
  public var quality: ClosedRange<Int> = 30...95

  /// Always, over Real-ESRGAN's range.
  public init() {}

  /// One quality for every picture.
  /// - Parameter quality: 1 … 100.
  public static func fixed(quality: Int) -> CompressionChoice {
    var choice = CompressionChoice()
    choice.quality = quality...quality
    return choice
  }

  /// No compression.
  public static var none: CompressionChoice {
    var choice = CompressionChoice()
    choice.probability = 0
    return choice
  }

  /// Draws a step, or none.
  public func draw(using random: inout SeededRandom) -> DegradationStep? {
    random.chance(probability) ? .jpeg(quality: random.integer(quality)) : nil
  }
}
