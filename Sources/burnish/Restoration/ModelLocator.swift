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
  /// - Parameter name: A system's name, or the folder of a model. A folder that is called like a system is meant only
  ///   when it is written with a slash: otherwise the default model would depend on where the program is called.
  static func locate(_ name: String) throws -> LocatedModel {
    if let entry = RestorerRegistry.entry(named: name) {
      let places = places(of: name)
      guard let folder = places.first(where: entry.recognises) else {
        throw ValidationError(
          "the model '\(name)' is not installed; a checkout has it in Models/\(name): give that folder to --model, or name the "
            + "folder around it in BURNISH_HOME. Looked in \(places.joined(separator: ", "))")
      }
      return LocatedModel(entry: entry, folder: folder)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else {
      throw ValidationError("--model '\(name)' is neither a folder nor a model that this version knows (\(known))")
    }
    guard let entry = RestorerRegistry.entry(recognising: name) else {
      throw ValidationError("--model '\(name)' is a folder, but not of a model that this version knows (\(known))")
    }
    return LocatedModel(entry: entry, folder: name)
  }

  /// Where a model of this name may lie, most wanted first: the model folder, then upwards from the program itself, whose
  /// build folder lies inside the checkout, then an installed program's share folder.
  static func places(of name: String) -> [String] {
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
