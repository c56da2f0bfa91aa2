internal import CVips

/// The picture codecs of this machine: libvips, its version, and what it can read and write.
///
/// Nothing needs to be started by hand; every call of this module starts libvips once, with its operation cache off (so
/// that memory is let go) and with the loaders that libvips itself calls untrusted switched off.
public enum PictureLibrary {
  /// What can be done with one kind of picture file.
  public struct Support: Sendable, Hashable {
    /// The kind of file.
    public let format: PictureFormat
    /// Whether such files can be decoded here.
    public let canRead: Bool
    /// Whether such files can be encoded here.
    public let canWrite: Bool
  }

  /// The version of libvips, such as `8.14.1`.
  public static var version: String { String(cString: bv_version()) }

  /// What can be read and written, in the order of ``PictureFormat/allCases``.
  ///
  /// - Throws: ``PictureError`` with `libraryUnavailable`.
  public static func support() throws -> [Support] {
    try start()
    return PictureFormat.allCases.map { Support(format: $0, canRead: $0.canRead, canWrite: $0.canWrite) }
  }

  /// How many threads libvips gives to one picture; the number of cores unless set.
  ///
  /// - Throws: ``PictureError`` with `libraryUnavailable`.
  public static func concurrency() throws -> Int {
    try start()
    return Int(bv_concurrency())
  }

  /// Sets how many threads libvips gives to one picture.
  ///
  /// - Parameter threads: at least 1.
  /// - Throws: ``PictureError`` with `invalidArgument` or `libraryUnavailable`.
  public static func setConcurrency(_ threads: Int) throws {
    guard (1...1024).contains(threads) else {
      throw PictureError(
        .invalidArgument, "Could not set the threads of the picture codecs to \(threads): give a number from 1 to 1024."
      )
    }
    try start()
    bv_set_concurrency(Int32(threads))
  }

  /// Bytes of pixel memory that libvips holds at the moment.
  public static var memoryInUse: Int { Int(bv_memory_in_use()) }

  /// Starts libvips, once for the process.
  static func start() throws {
    if let problem = startProblem {
      throw PictureError(
        .libraryUnavailable, "Could not start libvips: \(problem). Check that libvips 8.14 or newer is installed whole."
      )
    }
  }

  /// Whether libvips has an operation; asking before it has started would break it.
  static func hasOperation(_ name: String) -> Bool { startProblem == nil && bv_has_operation(name) != 0 }

  private static let startProblem: String? = bv_init() == 0 ? nil : takeVipsError()
}
