internal import Degradation
internal import Foundation
internal import Yams

/// Reads recipes and refuses keys that mean nothing, with the nearest that does.
public enum RecipeReader {
  /// Reads a recipe.
  /// - Parameters:
  ///   - text: YAML.
  ///   - name: The file's name, for messages.
  ///   - defaults: A recipe whose keys are all the keys there are.
  /// - Throws: `TrainingError` for YAML that cannot be parsed, an empty text, values of another type or out of range, and
  ///   unknown keys.
  public static func read<Recipe: Codable>(_ text: String, name: String, defaults: Recipe) throws -> Recipe {
    let recipe: Recipe
    let given: Any?
    let known: Any?
    do {
      given = try Yams.load(yaml: text)
      guard given is [AnyHashable: Any] else {
        let isEmpty = given == nil || given is NSNull
        let what = isEmpty ? "it is empty" : "it holds no 'key: value' lines"
        throw TrainingError(.recipe, "reading the recipe \(name): \(what)")
      }
      known = try Yams.load(yaml: YAMLEncoder().encode(defaults))
      try refuseUnknown(given, known: known, at: [], in: name)
      recipe = try YAMLDecoder().decode(Recipe.self, from: text)
    } catch let error as TrainingError {
      throw error
    } catch let error as DecodingError {
      throw TrainingError(.recipe, "reading the recipe \(name): \(describe(error))")
    } catch {
      throw TrainingError(.recipe, "reading the recipe \(name): \(error)")
    }
    return recipe
  }

  private static func refuseUnknown(_ given: Any?, known: Any?, at path: [String], in name: String) throws {
    guard let given = given as? [AnyHashable: Any], let known = known as? [String: Any] else { return }
    // A table that is empty by default is one of names, which its own reader checks.
    if known.isEmpty { return }
    // YAML keys may be numbers; here every one is a word.
    let words = Dictionary(given.map { ("\($0.key)", $0.value) }) { first, _ in first }
    for key in words.keys.sorted() {
      let place = (path + [key]).joined(separator: ".")
      guard let match = known[key] else {
        let nearest = Spelling.nearest(to: key, among: known.keys.sorted())
        let advice =
          nearest.map { "; did you mean '\($0)'?" } ?? "; it takes \(known.keys.sorted().joined(separator: ", "))"
        throw TrainingError(.recipe, "reading the recipe \(name): unknown key '\(place)'\(advice)")
      }
      try refuseUnknown(words[key], known: match, at: path + [key], in: name)
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return (place.isEmpty ? "" : "'\(place)': ") + context.debugDescription
    @unknown default: return String(describing: error)
    }
  }
}
