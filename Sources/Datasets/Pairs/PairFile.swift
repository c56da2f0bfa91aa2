/// A file of a data set of pairs.
public struct PairFile: Sendable, Codable, Equatable {
  /// Relative to the data set's folder, with `/` between its parts.
  public var path: String
  /// SHA-256 of the contents, 64 hexadecimal digits.
  public var sha256: String
  /// Length in bytes.
  public var bytes: Int

  /// A file that is written.
  /// - Parameters:
  ///   - path: Relative to the data set's folder.
  ///   - sha256: SHA-256 of the contents.
  ///   - bytes: Length in bytes.
  public init(path: String, sha256: String, bytes: Int) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
  }

  /// The name without its folders.
  public var name: String { String(path.split(separator: "/").last ?? "") }

  /// Throws for a path that leads out of the data set's folder: manifests come from elsewhere, too.
  func check() throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !path.contains("\0") else {
      throw DatasetError(.manifest, "the path '\(path)' does not lie in the data set's folder")
    }
  }
}
