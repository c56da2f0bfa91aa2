/// What was drawn from a recipe for one picture: a complete record, so that the same degradation can be done again.
///
/// It holds every number, noise seeds included; store it beside the degraded file as JSON.
public struct DegradationDraw: Sendable, Codable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// What happens, in order.
  public var steps: [DegradationStep]

  /// A draw made by hand.
  /// - Parameters:
  ///   - recipe: The name of where it comes from.
  ///   - steps: What happens, in order.
  public init(recipe: String, steps: [DegradationStep]) {
    self.recipe = recipe
    self.steps = steps
  }

  /// Degrades a picture. The same draw on the same picture with the same codec gives the same bytes.
  /// - Parameters:
  ///   - image: RGB in 0 … 1.
  ///   - codec: Who compresses.
  /// - Throws: `DegradationError` when a step cannot be carried out; what the codec throws.
  public func apply(to image: PlanarImage, codec: any JPEGCodec) throws -> PlanarImage {
    try steps.reduce(image) { try $1.apply(to: $0, source: image, codec: codec) }
  }
}
