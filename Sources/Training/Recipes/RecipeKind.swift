/// What recipes of one kind have besides the keys that all have.
public protocol RecipeKind: Sendable {
  /// The part `model`: networks, files, sizes.
  associatedtype Model: Codable & Sendable
  /// The part `objective`: what the loss asks for.
  associatedtype Objective: Codable & Sendable

  /// What `kind` calls it.
  static var name: String { get }
  /// The part `model` where a recipe has none.
  static var model: Model { get }
  /// The part `objective` where a recipe has none.
  static var objective: Objective { get }

  /// Sets the common keys that are usually others for this kind.
  static func prepare(_ recipe: inout TrainingRecipe<Self>)

  /// Throws where the parts of a recipe do not go together.
  static func check(_ recipe: TrainingRecipe<Self>) throws(RecipeFlaw)
}

extension RecipeKind {
  /// None is.
  public static func prepare(_ recipe: inout TrainingRecipe<Self>) {}
  /// All do.
  public static func check(_ recipe: TrainingRecipe<Self>) throws(RecipeFlaw) {}
}

/// Parts of a recipe that do not go together.
public struct RecipeFlaw: Error {
  /// The part to blame.
  public let key: String
  /// What is wrong with it.
  public let message: String

  /// - Parameters:
  ///   - key: The part to blame.
  ///   - message: What is wrong with it.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}
