#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The few calls of the system that this module needs, told apart by platform here and nowhere else.
enum SystemCalls {
  /// The error number of the last failed call.
  static var lastError: Int32 { errno }

  /// What the system calls an error.
  static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Opens a file for reading; a pipe without a writer does not make it wait.
  static func openForReading(_ path: String) -> Int32 { open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }

  /// Makes a file that did not exist.
  static func create(_ path: String) -> Int32 { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }

  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  static func remove(_ path: String) { _ = unlink(path) }

  /// Gives a file another name on the same disk, in one step; returns the error number, 0 for success.
  static func move(_ from: String, to: String) -> Int32 { rename(from, to) == 0 ? 0 : errno }

  /// Waits until the file or folder is on the disk; returns the error number, 0 for success.
  static func synchronize(_ path: String) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? 0 : errno
  }

  /// What an open descriptor stands for.
  enum Kind: Equatable { case file(size: Int), directory, other }

  static func kind(of descriptor: Int32) -> Kind {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  /// The codes that say there is no such file, no permission, or no space.
  static let noEntry = [ENOENT, ENOTDIR]
  static let noPermission = [EACCES, EPERM]
  static let noSpace = [ENOSPC, EDQUOT, EFBIG]
}
