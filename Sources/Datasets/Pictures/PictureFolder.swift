internal import Foundation

/// The picture files below a folder, in an order that does not depend on the file system.
public struct PictureFolder: Sendable {
  /// Where the search began.
  public let path: String
  /// Paths below `path`, sorted by their Unicode scalars.
  public let names: [String]

  /// Endings that count as pictures unless told otherwise; upper and lower case alike.
  public static let pictureExtensions: Set<String> = [
    "jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "gif", "heic", "heif", "avif", "ppm", "pgm",
  ]

  /// Searches a folder and all below it.
  ///
  /// What systems leave behind is skipped: names that begin with a dot, `Thumbs.db`, `desktop.ini`, `__MACOSX`, `@eaDir`.
  /// - Parameters:
  ///   - path: The folder.
  ///   - extensions: Endings without dot, in lower case.
  /// - Throws: `DatasetError` when it is no folder, cannot be read, or holds no picture.
  public init(_ path: String, extensions: Set<String> = PictureFolder.pictureExtensions) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw DatasetError(.folder, "searching '\(path)' for pictures: there is no such folder")
    }
    let all: [String]
    do {
      all = try FileManager.default.subpathsOfDirectory(atPath: path)
    } catch {
      throw DatasetError(.folder, "searching '\(path)' for pictures: \(error.localizedDescription)")
    }
    self.path = path
    names = all.filter { name in
      let parts = name.split(separator: "/")
      guard let last = parts.last, !parts.contains(where: Self.isLeftBySystem) else { return false }
      let pieces = last.split(separator: ".")
      return pieces.count > 1 && extensions.contains(pieces.last?.lowercased() ?? "")
    }.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    guard !names.isEmpty else {
      throw DatasetError(
        .folder,
        "searching '\(path)' for pictures: none of \(all.count) files ends in one of \(extensions.sorted().joined(separator: ", "))"
      )
    }
  }

  private static func isLeftBySystem(_ part: Substring) -> Bool {
    part.hasPrefix(".") || ["thumbs.db", "desktop.ini", "__macosx", "@eadir"].contains(part.lowercased())
  }

  /// The path of one picture.
  /// - Parameter name: One of ``names``.
  public func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// What a text file beside a picture says of it, without line ends; empty where there is none that can be read.
  /// - Parameter name: One of ``names``.
  public func caption(of name: String) -> String { Self.caption(besides: path(of: name)) }

  /// What the text file beside a picture says of it.
  static func caption(besides picture: String) -> String {
    let file = URL(fileURLWithPath: picture).deletingPathExtension().path + ".txt"
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }.joined(separator: " ")
  }
}
