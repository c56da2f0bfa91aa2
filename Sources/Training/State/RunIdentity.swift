internal import Foundation
internal import Priors
internal import Restorers

/// What must stay as it is while a run is resumed: a state of another model may have the same shapes.
struct RunIdentity: Codable, Equatable {
  var kind: String
  var scale: Int
  var unshuffle: Int
  var network: UNetConfig

  init(_ recipe: StarterRecipe) {
    kind = recipe.kind
    scale = recipe.model.scale
    unshuffle = recipe.model.unshuffle
    network = recipe.model.network
  }

  /// The form in which a state keeps it: one line of JSON.
  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Throws unless a state was stored by a run of this identity.
  /// - Parameters:
  ///   - stored: The state's text. States of the first version hold the kind alone; their shapes are checked on loading.
  ///   - path: The state's file, for messages.
  /// - Throws: `TrainingError` naming what differs.
  func check(_ stored: String, path: String) throws {
    let former: RunIdentity
    if stored.hasPrefix("{") {
      do { former = try JSONDecoder().decode(RunIdentity.self, from: Data(stored.utf8)) } catch {
        throw TrainingError(.state, "resuming from '\(path)': what it says of its run cannot be read: \(error)")
      }
    } else {
      former = self
      guard stored == kind else {
        throw TrainingError(.state, "resuming from '\(path)': it is a state of the kind '\(stored)', not '\(kind)'")
      }
    }
    guard former != self else { return }
    let (now, before) = (try fields(), try former.fields())
    let changed = Set(now.keys).union(before.keys).filter { now[$0] != before[$0] }.sorted()
      .map { "\($0) was \(before[$0] ?? "absent") and is \(now[$0] ?? "absent")" }
    throw TrainingError(
      .state,
      "resuming from '\(path)': it is the state of another model (\(changed.joined(separator: "; "))); "
        + "go back to the former recipe, or name another 'output' for a new run")
  }

  /// Every field as text, by its recipe key.
  private func fields() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let sizes = try JSONSerialization.jsonObject(with: encoder.encode(network)) as? [String: Any] ?? [:]
    var fields = ["kind": kind, "model.scale": String(scale), "model.unshuffle": String(unshuffle)]
    for (key, value) in sizes {
      let line = try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
      fields["model.network." + key] = String(decoding: line, as: UTF8.self)
    }
    return fields
  }
}
