internal import Checkpoints

extension AtomicFile {
  /// Writes a whole file, which appears complete or not at all.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try AtomicFile(path: path)
    try bytes.withUnsafeBytes { bytes in Result { () throws(CheckpointError) in try file.write(bytes) } }.get()
    try file.commit()
  }
}
