internal import Foundation

/// What must stay as it is while a run is resumed: a state of another model may have the same shapes.
public struct RunIdentity {
  private let kind: String
  private let model: any Encodable

  /// - Parameters:
  ///   - kind: The recipe's.
  ///   - model: What of the recipe's `model` must stay, under the recipe's keys.
  public init(kind: String, model: any Encodable) {
    self.kind = kind
    self.model = model
  }

  /// The form in which a state keeps it: one line of JSON.
  /// - Throws: `EncodingError` for a model that JSON cannot hold.
  public var text: String {
    get throws {
      struct Stored: Encodable {
        let kind: String
        let model: any Encodable
        enum CodingKeys: CodingKey { case kind, model }
        func encode(to encoder: any Encoder) throws {
          var container = encoder.container(keyedBy: CodingKeys.self)
          try container.encode(kind, forKey: .kind)
          try model.encode(to: container.superEncoder(forKey: .model))
        }
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(Stored(kind: kind, model: model)), as: UTF8.self)
    }
  }

  /// Throws unless a state was stored by a run of this identity.
  /// - Parameters:
  ///   - stored: The state's text. States of the first version hold the kind alone; their shapes are checked on loading.
  ///   - path: The state's file, for messages.
  /// - Throws: `TrainingError` naming what differs.
  public func check(_ stored: String, path: String) throws {
    guard stored.hasPrefix("{") else {
      guard stored == kind else {
        throw TrainingError(.state, "resuming from '\(path)': it is a state of the kind '\(stored)', not '\(kind)'")
      }
      return
    }
    let before: [String: String]
    do { before = try Self.fields(stored) } catch {
      throw TrainingError(.state, "resuming from '\(path)': what it says of its run cannot be read: \(error)")
    }
    let now = try Self.fields(text)
    // A key that the state does not know is younger than it: there was no choice then.
    let changed = before.keys.filter { now[$0] != before[$0] }.sorted()
      .map { "\($0) was \(before[$0] ?? "absent") and is \(now[$0] ?? "absent")" }
    guard !changed.isEmpty else { return }
    throw TrainingError(
      .state,
      "resuming from '\(path)': it is the state of another model (\(changed.joined(separator: "; "))); "
        + "go back to the former recipe, or name another 'output' for a new run")
  }

  /// Every field as text, by its recipe key. Early states have the fields of the model beside the kind.
  private static func fields(_ text: String) throws -> [String: String] {
    guard var object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw TrainingError(.state, "it is no JSON object")
    }
    var fields: [String: String] = [:]
    fields["kind"] = (object.removeValue(forKey: "kind") as? String) ?? "absent"
    func flatten(_ value: Any, _ path: String) throws {
      if let parts = value as? [String: Any] {
        for (key, part) in parts { try flatten(part, path + "." + key) }
      } else {
        let line = try JSONSerialization.data(
          withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        fields[path] = String(decoding: line, as: UTF8.self)
      }
    }
    try flatten(object["model"] ?? object, "model")
    return fields
  }
}
