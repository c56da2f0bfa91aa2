/// What a projected discriminator is made of, as a recipe's part.
public struct DiscriminatorConfig: Sendable, Codable, Hashable {
  /// Which frozen network's features it looks at.
  public enum Features: String, Sendable, Codable, CaseIterable {
    /// The stages of the tagger's tower, given decoded pictures.
    case tagger
    /// The levels of the teacher's own U-Net, given latents with noise (Sauer et al. 2024, "Fast high-resolution image
    /// synthesis with latent adversarial diffusion distillation"): nothing is decoded for them.
    case unet
  }

  /// Which frozen network's features it looks at.
  public var features = Features.tagger
  /// Which part of the schedule's times, from its clean end, the noise in the U-Net's latents is drawn from: below 1 the
  /// judges see more of texture, and less of what the picture is of. The tagger sees no noise.
  public var noise = 1.0
  /// Width of each judge.
  public var width = 256
  /// Width in which features meet what is known of the picture.
  public var projection = 64

  /// Groups of the judges' norms.
  static let groups = 4

  /// The usual sizes.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.readChoice(.features, into: &features)
    try values.read(.noise, into: &noise)
    try values.require(noise > 0 && noise <= 1, .noise, "the share is \(noise); it must be above 0 and at most 1")
    try values.read(.width, into: &width)
    try values.read(.projection, into: &projection)
    try values.require(
      width >= Self.groups && width.isMultiple(of: Self.groups) && width <= 1 << 14, .width,
      "it is \(width); it must be a multiple of \(Self.groups)")
    try values.require((1...1 << 14).contains(projection), .projection, "it is \(projection); it must be at least 1")
  }
}
