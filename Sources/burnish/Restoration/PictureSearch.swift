internal import Foundation
internal import Pictures

/// The picture files below a folder. Hidden ones are left out, and links to folders are not followed: they may lead back.
struct PictureSearch {
  /// Paths relative to the folder, sorted.
  private(set) var names: [String] = []
  /// Folders that could not be looked into, relative, with the reason.
  private(set) var unreadable: [(name: String, reason: String)] = []
  private let root: String
  private let excluded: String

  /// - Parameters:
  ///   - folder: Where to look.
  ///   - output: Left out when it lies inside.
  init(_ folder: String, butNotIn output: String) {
    root = folder
    excluded = FilePath.resolved(output)
    search("")
    names.sort()
  }

  private mutating func search(_ place: String) {
    let folder = place.isEmpty ? root : FilePath.joined(root, place)
    let entries: [String]
    do {
      entries = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      unreadable.append((place, error.localizedDescription))
      return
    }
    for entry in entries.sorted() where !entry.hasPrefix(".") {
      let name = place.isEmpty ? entry : place + "/" + entry
      let path = FilePath.joined(root, name)
      if FilePath.isFolder(path) {
        if !FilePath.isLink(path), FilePath.resolved(path) != excluded { search(name) }
      } else if PictureFormat(extensionOf: entry) != nil {
        names.append(name)
      }
    }
  }
}
