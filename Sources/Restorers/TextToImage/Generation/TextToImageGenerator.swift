public import Torch

/// A text-to-image model at its own trade: pictures from noise.
public protocol TextToImageGenerator {
  /// Makes a picture of the size that the generator was loaded for.
  /// - Parameters:
  ///   - seed: Fixes everything random.
  ///   - monitor: Who watches.
  /// - Returns: The picture, `[1, 3, H, W]`, about 0…1 and not clamped, and the latent that it was decoded from, float32.
  /// - Throws: `RestorationError` with code `notFinite` where networks left the range of their numbers;
  ///   `CancellationError`; `TorchError`, also when memory runs out.
  func generate(seed: UInt64, monitor: RestorationMonitor) throws -> (picture_BCHW: Tensor, latent_BCHW: Tensor)
}

/// What pictures are asked of a text-to-image model.
public struct GenerationSettings: Sendable, Hashable {
  /// Columns of a picture.
  public var width: Int
  /// Rows of a picture.
  public var height: Int
  /// Network steps.
  public var steps: Int
  /// How far beyond what no text would give; off at 1 and below. FLUX.1 is told it instead.
  public var guidance: Double
  /// What the picture shows; empty for whatever noise makes of it.
  public var prompt: String

  /// Settings.
  public init(width: Int, height: Int, steps: Int, guidance: Double, prompt: String = "") {
    self.width = width
    self.height = height
    self.steps = steps
    self.guidance = guidance
    self.prompt = prompt
  }
}
