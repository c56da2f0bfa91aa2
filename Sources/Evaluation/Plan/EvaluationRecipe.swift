public import Degradation

/// A degradation as an evaluation sees it: a name, a factor, and low-quality pictures from good ones.
///
/// The one place where this module knows how recipes are found and drawn from.
public struct EvaluationRecipe: Sendable {
  private let recipe: DegradationRecipe

  /// Takes a recipe.
  public init(_ recipe: DegradationRecipe) { self.recipe = recipe }

  /// Finds a recipe.
  /// - Parameter name: One of the catalogue's, or the path of a YAML file.
  /// - Throws: `EvaluationError` that lists the names, with the nearest, or says what is wrong with the file.
  public static func find(_ name: String) throws(EvaluationError) -> EvaluationRecipe {
    do { return EvaluationRecipe(try DegradationRecipe.find(name)) } catch let error as DegradationError {
      throw EvaluationError(.argument, error.message)
    } catch {
      throw EvaluationError(.argument, "reading the degradation recipe '\(name)': \(error)")
    }
  }

  /// What it is called in tables.
  public var name: String { recipe.name }
  /// How many times smaller it makes pictures along each side.
  public var scale: Int { recipe.scale }

  /// Everything that the recipe says, the same text for the same recipe.
  func fingerprint() throws -> String { try EvaluationJSON.text(recipe, pretty: false) }

  /// Degrades a picture as `burnish degrade` does with the same seed.
  /// - Parameters:
  ///   - image: The good picture; sides are multiples of ``scale``.
  ///   - name: The picture's path below its folder.
  ///   - seed: Any number.
  ///   - codec: Who compresses.
  func degrade(_ image: PlanarImage, name: String, seed: UInt64, codec: any JPEGCodec) throws -> PlanarImage {
    try recipe.draw(seed: seed, name: name).apply(to: image, codec: codec)
  }
}
