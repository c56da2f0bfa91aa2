#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that appears under its name complete or not at all.
///
/// The bytes go to a temporary name in the same folder, are forced to the disk, and get their name by a rename, which
/// replaces a former file in one step. Whatever fails on the way, the temporary file is removed and a former file
/// stays.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isCommitted = false

  /// How temporary names end; they begin with a dot and the name that the file gets. A killed program leaves them behind.
  package static let temporaryEnding = ".partial"

  /// Begins a file.
  /// - Parameter path: The name that it gets in the end.
  /// - Throws: `CheckpointError` when the folder cannot be written or something else than a file has the name.
  package init(path: String) throws(CheckpointError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let what =
        status.st_mode & S_IFMT == S_IFDIR ? "there is a folder of this name" : "the name is taken by a device or pipe"
      throw CheckpointError(.unwritable, "Could not write \(path.quoted): \(what); choose another name.")
    }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
    let token = String(UInt64.random(in: 0...(.max)), radix: 36)
    let temporary = "\(path[..<slash]).\(path[slash...]).\(token)\(Self.temporaryEnding)"
    let descriptor = retryingInterrupts { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else {
      let remedy = errno == ENOENT ? "its folder does not exist; make it first" : lastSystemError()
      throw CheckpointError(.unwritable, "Could not write \(path.quoted): \(remedy).")
    }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporary) }
  }

  /// Appends bytes.
  /// - Parameter bytes: What to write.
  /// - Throws: `CheckpointError` when the disk is full or fails.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    try Self.write(bytes, to: descriptor, path: path)
  }

  /// Forces everything to the disk and gives the file its name.
  /// - Throws: `CheckpointError` when either fails.
  package consuming func commit() throws(CheckpointError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path) }
    isCommitted = true
    Self.syncFolder(of: path)
  }

  /// Appends bytes to an open file.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(CheckpointError) {
    // Linux writes at most 2 GiB less a page at once, and macOS refuses more than 2 GiB.
    let greatestStep = 1 << 30
    var rest = bytes[...]
    while !rest.isEmpty {
      let step = UnsafeRawBufferPointer(rebasing: rest.prefix(greatestStep))
      let written = retryingInterrupts { systemWrite(descriptor, step.baseAddress, step.count) }
      guard written > 0 else { throw failure(path) }
      rest = rest.dropFirst(written)
    }
  }

  private static func failure(_ path: String) -> CheckpointError {
    let remedy = errno == ENOSPC || errno == EDQUOT ? "; free some space and try again" : ""
    return CheckpointError(.unwritable, "Could not write \(path.quoted): \(lastSystemError())\(remedy).")
  }

  /// Makes the new name itself outlast a power failure; a file system that cannot do this has done its best.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// The system's `write`, by a name that a method of the same name does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
