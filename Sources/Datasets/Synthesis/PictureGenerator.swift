public import Torch

/// Makes high-quality pictures, one a seed: a text-to-image model without words, photographs, drawings.
public protocol PictureGenerator {
  /// Makes a picture, which depends on nothing but the seed and the generator's settings.
  /// - Parameters:
  ///   - seed: Which one.
  ///   - width: Columns.
  ///   - height: Rows.
  ///   - watch: Told of the work.
  /// - Throws: `UnusablePicture` where the seed has no picture, which is recorded; `CancellationError` when the work was to
  ///   stop; anything else when the picture may come out at another time.
  func generate(seed: UInt64, width: Int, height: Int, watch: GenerationWatch) throws -> GeneratedPicture
}

/// Who is told of the work on a picture.
public struct GenerationWatch {
  /// Told how many of how many steps are done.
  public var progress: (_ step: Int, _ steps: Int) -> Void
  /// Asked between steps; the generator throws `CancellationError` once it answers true.
  public var shouldStop: @Sendable () -> Bool

  /// Who is told, and who is asked.
  public init(progress: @escaping (Int, Int) -> Void = { _, _ in }, shouldStop: @escaping @Sendable () -> Bool) {
    self.progress = progress
    self.shouldStop = shouldStop
  }
}

/// What came out.
public struct GeneratedPicture {
  /// `[1, 3, H, W]`, about 0…1; it will be clamped and rounded to 8 bits.
  public let picture_BCHW: Tensor
  /// What it was decoded from, `[1, C, h, w]`, where the generator has latents.
  public let latent_BCHW: Tensor?

  /// A picture, and the latent that it was decoded from.
  public init(_ picture_BCHW: Tensor, latent_BCHW: Tensor? = nil) {
    self.picture_BCHW = picture_BCHW
    self.latent_BCHW = latent_BCHW
  }
}

/// A seed that has no usable picture: the same would come out again.
public struct UnusablePicture: Error, Sendable, CustomStringConvertible {
  /// Why.
  public let description: String

  /// A picture that cannot be used.
  /// - Parameter reason: Why, as a sentence without a full stop.
  public init(_ reason: String) { description = reason }
}
