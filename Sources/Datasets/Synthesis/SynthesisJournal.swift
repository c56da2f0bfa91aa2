internal import Foundation

/// The record of one share of the seeds, a line a picture; held by one run at a time.
final class SynthesisJournal {
  /// How journals' names end.
  static let ending = ".jsonl"

  private let handle: FileHandle
  private let path: String

  /// Opens a journal to add to it. A line that a killed run left half written is taken away first.
  /// - Throws: `DatasetError` when another run has it, or it cannot be written or understood.
  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw Self.failure(path) }
      throw DatasetError(
        .manifest,
        "opening the journal '\(path)': another run is making the same pictures. Wait for it, or take another share "
          + "with --shard")
    }
    let length = try PairLines.read(path, forgivesEnd: true).length
    do {
      try handle.truncate(atOffset: UInt64(length))
      try handle.seekToEnd()
    } catch {
      throw Self.failure(path)
    }
  }

  /// Adds a line and waits until it is on the disk.
  func append(_ record: PairRecord) throws {
    do {
      try handle.write(contentsOf: try PairLines.line(record))
      try handle.synchronize()
    } catch {
      throw DatasetError(.manifest, "writing the journal '\(path)': \(error.localizedDescription)")
    }
  }

  private static func failure(_ path: String) -> DatasetError {
    DatasetError(.manifest, "opening the journal '\(path)': \(String(cString: strerror(errno)))")
  }
}

/// Keeps other runs away from a folder while a data set is being finished.
final class FolderLock {
  private let descriptor: Int32

  /// Waits for the folder.
  /// - Throws: `DatasetError` when it cannot be opened.
  init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DatasetError(.folder, "opening the folder '\(path)': \(String(cString: strerror(errno)))")
    }
    // File systems without locks are taken as they are: finishing twice does no harm.
    _ = flock(descriptor, LOCK_EX)
  }

  deinit { close(descriptor) }
}
