internal import Foundation

/// Pictures and weights that are not part of this repository: in the folder `shared` beside it, or where `BURNISH_SHARED` says.
///
/// Tests of them are skipped, with a word, where they are absent.
public enum SharedFolder {
  /// The path of a file in it.
  /// - Parameter name: Relative to the folder: `photos/hq/baboon.png`.
  public static func path(_ name: String) -> String {
    let root = ProcessInfo.processInfo.environment["BURNISH_SHARED"] ?? Fixture.repositoryPath("../shared")
    return root + "/" + name
  }

  /// True when the file is there.
  public static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
