internal import Foundation

/// The manifest of a finished data set of pairs: every picture that was made, kept or dropped, by rising seed.
///
/// A folder of pairs has `dataset.json` (``PairDescription``), `manifest.jsonl` with a ``PairRecord`` a line, pictures in
/// `hq/` and `lq/`, latents in `latents/` where they were asked for, and what was dropped in `dropped/`.
public struct PairManifest: Sendable, Equatable {
  /// The file's name.
  public static let fileName = "manifest.jsonl"

  /// The data set's folder.
  public let folder: String
  /// How the pictures were made, and where the quality was cut.
  public let description: PairDescription
  /// Every picture, by rising seed.
  public let records: [PairRecord]

  /// Reads a finished data set. Pictures are not looked at: see ``problems(in:)``.
  /// - Parameter folder: The data set's folder.
  /// - Throws: `DatasetError` for a folder without a finished data set, and for files that cannot be understood.
  public init(folder: String) throws {
    guard let description = try PairDescription.read(folder: folder) else {
      throw DatasetError(.manifest, "reading the pairs in '\(folder)': it has no \(PairDescription.fileName)")
    }
    let path = folder + "/" + Self.fileName
    guard FileManager.default.fileExists(atPath: path) else {
      throw DatasetError(
        .manifest,
        "reading the pairs in '\(folder)': it has no \(Self.fileName), so it is not finished; 'burnish synthesize' goes on "
          + "with it")
    }
    self.init(
      folder: folder, description: description, records: try PairLines.read(path, forgivesEnd: false).records)
  }

  init(folder: String, description: PairDescription, records: [PairRecord]) {
    self.folder = folder
    self.description = description
    self.records = records
  }

  /// The pictures that belong to the data set.
  public var pairs: [PairRecord] { records.filter { $0.kept == true } }

  /// Where a file lies.
  public func path(of file: PairFile) -> String { folder + "/" + file.path }

  /// Compares a picture's files with what its record says of them.
  /// - Parameter record: One of ``records``.
  /// - Returns: A sentence for each file that is absent or another one; none where all is well.
  public func problems(in record: PairRecord) -> [String] {
    record.files.compactMap { file in
      guard let data = FileManager.default.contents(atPath: path(of: file)) else { return "\(file.path) is not there" }
      guard data.count == file.bytes else {
        return "\(file.path) has \(data.count) bytes; the manifest says \(file.bytes)"
      }
      return SHA256.hex(Array(data)) == file.sha256 ? nil : "\(file.path) is not the file that was written"
    }
  }

  /// The file's bytes.
  static func bytes(_ records: [PairRecord]) throws -> [UInt8] { try records.flatMap { try PairLines.line($0) } }
}
