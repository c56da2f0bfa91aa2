internal import Foundation
internal import Pictures

/// Questions about paths.
enum FilePath {
  /// True for a folder, or a link to one.
  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// True for a symbolic link.
  static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeSymbolicLink
  }

  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder that a path lies in.
  static func folder(of path: String) -> String {
    // Foundation on Linux ends the program where it is asked for the folder of a name of one letter.
    let name = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    guard let slash = name.lastIndex(of: "/") else { return "." }
    return slash == name.startIndex ? "/" : String(name[..<slash])
  }

  /// The absolute path without links.
  static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

  /// The same for two paths of one file, also where the file system does not tell `A.png` from `a.png`.
  static func identity(_ path: String) -> String {
    let path = resolved(path)
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let volume = attributes[.systemNumber] as? Int, let number = attributes[.systemFileNumber] as? Int
    else { return path }
    return "\(volume):\(number)"
  }

  /// Checks that a file can be made at a path, before minutes of work; folders on the way need not be there yet.
  /// - Throws: `PictureError` with `cannotWrite`.
  static func checkWritable(_ path: String) throws {
    guard !isFolder(path) else {
      throw PictureError(.cannotWrite, "Could not write '\(path)': it is a folder. Give another name.")
    }
    var place = folder(of: path)
    while !FileManager.default.fileExists(atPath: place), place != "/", place != "." { place = folder(of: place) }
    guard isFolder(place) else {
      throw PictureError(.cannotWrite, "Could not write '\(path)': '\(place)' is a file, not a folder.")
    }
    // Asking for permission is not enough: the disk may be read-only, or the folder one of the system's own.
    let probe = joined(place, ".burnish-\(UInt64.random(in: .min ... .max)).part")
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PictureError(
        .cannotWrite,
        "Could not write '\(path)': no file can be made in '\(place)' (\(String(cString: strerror(errno)))). "
          + "Choose a place that this user may write to.")
    }
    close(descriptor)
    unlink(probe)
  }

  /// Makes the folder that a path lies in.
  /// - Throws: `PictureError` with `cannotWrite`.
  static func makeFolder(of path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder(of: path), withIntermediateDirectories: true)
    } catch {
      throw PictureError(.cannotWrite, "Could not write '\(path)': \(error.localizedDescription)")
    }
  }
}
