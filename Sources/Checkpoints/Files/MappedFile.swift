#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file's bytes in memory, read by the system when they are first touched and dropped when memory is short.
///
/// The mapping is private and writable: libtorch has no read-only tensors, so an in-place operation on a weight must
/// end in a copied page and not in a crash (read-only) nor in the user's file (shared). Writable private memory would
/// count against the machine's memory as a whole, so that a 24 GB checkpoint would not open beside 16 GB of memory;
/// `MAP_NORESERVE` lifts that.
///
/// A file that another program shortens while it is mapped ends this one with SIGBUS when the lost part is read, as
/// with every mapped file. Downloads must therefore be renamed into place and never rewritten.
final class MappedFile {
  /// The file's path as it was given.
  let path: String
  /// All bytes of the file.
  let bytes: UnsafeMutableRawBufferPointer

  /// Maps a file.
  /// - Parameter path: A regular file.
  /// - Throws: `CheckpointError` when it is not there, not a file, or cannot be read.
  init(path: String) throws(CheckpointError) {
    // O_NONBLOCK: a pipe in the place of a file is refused below instead of waited for.
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw Self.openFailure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.openFailure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let what = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
      throw CheckpointError(.unreadable, "Could not open \(path.quoted): it is \(what); name a checkpoint file.")
    }
    let size = Int(status.st_size)
    self.path = path
    guard size > 0 else {
      bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
    guard let start, start != MAP_FAILED else {
      throw CheckpointError(
        .unreadable, "Could not open \(path.quoted): mapping its \(size) bytes failed: \(lastSystemError()).")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    MappedMemory.add(bytes)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    MappedMemory.remove(bytes)
    munmap(start, bytes.count)
  }

  /// Hands the bytes to a parser.
  /// - Parameter parse: Given all bytes, which are valid during the call only.
  /// - Returns: What `parse` answers.
  /// - Throws: `CheckpointError` that names this file when `parse` finds a flaw.
  func parsed<Value>(_ parse: (UnsafeRawBufferPointer) throws(CheckpointFlaw) -> Value) throws(CheckpointError) -> Value
  {
    defer { withExtendedLifetime(self) {} }
    do {
      return try parse(UnsafeRawBufferPointer(bytes))
    } catch {
      throw error.opening(path)
    }
  }

  private static func openFailure(_ path: String) -> CheckpointError {
    let remedy =
      switch errno {
      case ENOENT, ENOTDIR: "there is no such file; check the name, or fetch the model with `burnish models pull`"
      case EACCES, EPERM: "you have no permission to read it; change its owner or mode"
      default: lastSystemError()
      }
    return CheckpointError(.unreadable, "Could not open \(path.quoted): \(remedy).")
  }
}
