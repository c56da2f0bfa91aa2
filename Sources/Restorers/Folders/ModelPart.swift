/// A part of a model as it is published: a component's folder, or a single file.
public struct ModelPart: Sendable, Hashable {
  /// What the part is called in messages, such as `vae`.
  public let name: String
  /// Paths inside a model folder where the part may lie, most wanted first.
  public let places: [String]
  /// What it is.
  public let summary: String
  /// Where its authors publish it.
  public let source: String
  /// True when the model works without it.
  public let isOptional: Bool

  /// A part.
  /// - Parameters:
  ///   - name: What the part is called in messages.
  ///   - places: Paths inside a model folder where it may lie, most wanted first.
  ///   - summary: What it is.
  ///   - source: Where its authors publish it.
  ///   - isOptional: True when the model works without it.
  public init(_ name: String, places: [String], summary: String, source: String, isOptional: Bool = false) {
    self.name = name
    self.places = places
    self.summary = summary
    self.source = source
    self.isOptional = isOptional
  }
}
