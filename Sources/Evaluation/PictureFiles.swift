public import Datasets

/// Who reads and writes picture files; the program fills it with its picture library.
public protocol PictureFiles: PictureDecoder {
  /// Writes a PNG file of 8 bits; the folder is there. Nothing half is left where it fails.
  /// - Throws: What the library reports.
  func writePNG(_ picture: DecodedPicture, to path: String) throws

  /// Encodes a picture for a web page, small and without visible loss.
  /// - Returns: The media type, such as `image/webp`, and the contents of the file.
  /// - Throws: What the library reports.
  func preview(_ picture: DecodedPicture) throws -> (mediaType: String, bytes: [UInt8])
}
