internal import Degradation
internal import Foundation
internal import Yams

/// A kind of training: what a recipe's `kind` selects.
public struct TrainingKind: Sendable {
  /// What recipes call it.
  public let name: String
  /// What it trains, in a line.
  public let summary: String
  /// Reads a recipe of this kind and trains.
  let run: @Sendable (_ text: String, _ name: String, _ host: TrainingHost) throws -> Void

  /// All kinds, in the order in which they are shown.
  public static let all: [TrainingKind] = [
    .starter, .seesr, .addsr, .dape, .stablesr, .restorationAdapter, .fluxir, .prior,
  ]

  /// Trains as a recipe says.
  /// - Parameters:
  ///   - text: The recipe, YAML. Without `kind` it is a starter's.
  ///   - name: The recipe's file, for messages.
  ///   - host: What the program lends.
  /// - Throws: `TrainingError` for a recipe that cannot be read and for a kind that is not known; what the training throws.
  public static func train(_ text: String, name: String, host: TrainingHost) throws {
    try named(kindName(of: text, name: name), recipe: name).run(text, name, host)
  }

  /// The kind of a name.
  static func named(_ kind: String, recipe: String) throws -> TrainingKind {
    if let found = all.first(where: { $0.name == kind }) { return found }
    let names = all.map(\.name)
    let advice =
      Spelling.nearest(to: kind, among: names).map { "did you mean '\($0)'?" }
      ?? "there are \(names.joined(separator: ", "))"
    throw TrainingError(.recipe, "reading the recipe \(recipe): unknown kind '\(kind)'; \(advice)")
  }

  /// What a recipe says of its kind, before anything else of it is understood. What is no recipe at all is left to the
  /// reader, which has words for it.
  private static func kindName(of text: String, name: String) -> String {
    let given = (try? Yams.load(yaml: text)) as? [AnyHashable: Any]
    return given?["kind"].map { "\($0)" } ?? StarterKind.name
  }
}
