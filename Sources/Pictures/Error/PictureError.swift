/// What went wrong while a picture was read, changed or written.
///
/// `message` says what was being done, with which value, and what to do about it; it is fit to be shown as it is.
public struct PictureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs to act upon.
  public let code: Code

  /// A full sentence for people.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message, and the code's name in front.
  public var description: String { "\(code.name): \(message)" }
}

extension PictureError {
  /// A kind of failure; more may be added, so a `switch` needs a default.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    enum Name: String, Sendable {
      case libraryUnavailable, invalidArgument
      case missing, directory, permission, unreadable, empty
      case unknownKind, refusedKind, unsupportedSamples, truncated, damaged, tooManyPixels
      case unknownExtension, kindUnavailable, tooLargeForKind, invalidPixels
      case cannotWrite, noSpace, encodingFailed
    }

    let value: Name

    init(_ value: Name) { self.value = value }

    /// The name of the code, such as `truncated`.
    public var name: String { value.rawValue }

    /// The name of the code.
    public var description: String { name }

    /// libvips did not start.
    public static let libraryUnavailable = Self(.libraryUnavailable)
    /// A value given by the caller is out of its range.
    public static let invalidArgument = Self(.invalidArgument)
    /// There is no such file.
    public static let missing = Self(.missing)
    /// The path names a folder where a file was expected.
    public static let directory = Self(.directory)
    /// The file may not be opened by this user.
    public static let permission = Self(.permission)
    /// The file cannot be opened or read for another reason, or is no regular file.
    public static let unreadable = Self(.unreadable)
    /// The file holds no byte.
    public static let empty = Self(.empty)
    /// The bytes are of no kind of picture that is known.
    public static let unknownKind = Self(.unknownKind)
    /// The bytes are of a kind that is known and not read, such as SVG or PDF.
    public static let refusedKind = Self(.refusedKind)
    /// The samples are of a type that has no meaning as a photograph, such as complex numbers.
    public static let unsupportedSamples = Self(.unsupportedSamples)
    /// The file ends before the picture does.
    public static let truncated = Self(.truncated)
    /// The file is complete but its contents are not valid.
    public static let damaged = Self(.damaged)
    /// The picture has more pixels than the limit allows.
    public static let tooManyPixels = Self(.tooManyPixels)
    /// The file extension names no kind of picture that is written.
    public static let unknownExtension = Self(.unknownExtension)
    /// This build of libvips cannot read or write the kind.
    public static let kindUnavailable = Self(.kindUnavailable)
    /// The kind of file cannot hold a picture of this size.
    public static let tooLargeForKind = Self(.tooLargeForKind)
    /// The pixels hold a NaN or an infinity.
    public static let invalidPixels = Self(.invalidPixels)
    /// The file or its folder cannot be written.
    public static let cannotWrite = Self(.cannotWrite)
    /// The disk is full, or the quota or size limit is reached.
    public static let noSpace = Self(.noSpace)
    /// The codec refused to write the picture.
    public static let encodingFailed = Self(.encodingFailed)
  }
}
