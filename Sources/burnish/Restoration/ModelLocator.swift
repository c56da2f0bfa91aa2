internal import ArgumentParser
internal import Foundation
internal import Restorers

/// A model that was found.
struct LocatedModel: Sendable {
  /// The system that it is for.
  let entry: RestorerEntry
  /// Where it lies.
  let folder: String
}

/// Finds models: by name in the model folder or beside the program, or by path.
enum ModelLocator {
  /// `$BURNISH_HOME`, or `~/.cache/burnish`.
  static var home: String {
    if let home = ProcessInfo.processInfo.environment["BURNISH_HOME"], !home.isEmpty { return home }
    return NSHomeDirectory() + "/.cache/burnish"
  }

  /// Finds a model.
  /// - Parameter name: A system's name, or the folder of a model, or its main file. A folder that is called like a system is meant only
  ///   when it is written with a slash: otherwise the default model would depend on where the program is called.
  static func locate(_ name: String) throws -> LocatedModel {
    if let entry = RestorerRegistry.entry(named: name) {
      let places = places(of: entry)
      // A folder that lacks a part is the one that is meant: loading it says which part.
      guard let folder = places.first(where: entry.recognises) ?? places.first(where: FilePath.isFolder) else {
        throw ValidationError(
          "the model '\(name)' is not installed: `burnish models show \(name)` says which files it needs and where they come "
            + "from. Looked in \(places.joined(separator: ", "))")
      }
      return LocatedModel(entry: entry, folder: folder)
    }
    guard FileManager.default.fileExists(atPath: name) else { throw unknown(name) }
    guard let entry = RestorerRegistry.entry(recognising: name) else {
      let kind = FilePath.isFolder(name) ? "folder" : "file"
      throw ValidationError("--model '\(name)' is a \(kind), but not of a model that this version knows (\(known))")
    }
    return LocatedModel(entry: entry, folder: name)
  }

  /// What to say of a name that nothing goes by.
  static func unknown(_ name: String) -> ValidationError {
    ValidationError("--model '\(name)' is neither a folder nor a model that this version knows (\(known))")
  }

  /// Where a system's model may lie, most wanted first: the model folder, then upwards from the program itself, whose
  /// build folder lies inside the checkout, then an installed program's share folder.
  static func places(of entry: RestorerEntry) -> [String] {
    let name = entry.folder ?? entry.name
    var places = [home + "/" + name]
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath() ?? URL(fileURLWithPath: CommandLine.arguments[0])
    var folder = program.deletingLastPathComponent()
    for _ in 0..<4 {
      places.append(folder.appendingPathComponent("Models/\(name)").path)
      folder.deleteLastPathComponent()
    }
    places.append(
      program.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "share/burnish/Models/\(name)"
      ).path)
    return places
  }

  private static var known: String { RestorerRegistry.entries.map(\.name).joined(separator: ", ") }
}
