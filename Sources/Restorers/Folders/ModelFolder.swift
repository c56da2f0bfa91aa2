public import Checkpoints
internal import Foundation

/// A model's folder, in which parts lie where their authors put them.
///
/// What a part's places name is looked for in the folder and in the one around it, so that several systems share one
/// copy of the base model.
public struct ModelFolder: Sendable, Hashable {
  /// The folder.
  public let path: String
  /// What messages call the model.
  public let model: String

  /// A model's folder.
  /// - Parameters:
  ///   - path: The folder.
  ///   - model: What `--model` calls the system.
  public init(_ path: String, model: String) {
    self.path = path
    self.model = model
  }

  /// The path of a part, nil when it is not there.
  public func find(_ part: ModelPart) -> String? {
    [path, path + "/.."].lazy.flatMap { root in part.places.lazy.map { root + "/" + $0 } }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// True when the folder itself, and not the one around it, has a part.
  public func holds(_ part: ModelPart) -> Bool {
    part.places.contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
  }

  /// True when the path is that of a file.
  var isFile: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// The folder around the path.
  var surrounding: ModelFolder {
    ModelFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path, model: model)
  }

  /// The path of a part.
  /// - Throws: `CheckpointError` that names the part, where it was looked for, and where it is to be had.
  public func require(_ part: ModelPart) throws(CheckpointError) -> String {
    if let found = find(part) { return found }
    throw CheckpointError(
      .unreadable,
      "Could not open the model '\(model)' in '\(path)': its part '\(part.name)' (\(part.summary)) is not there; looked for "
        + "\(part.places.joined(separator: ", ")) in it and in the folder around it. It comes from \(part.source); "
        + "`burnish models show \(model)` lists all parts.")
  }
}
