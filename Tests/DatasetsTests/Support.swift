import Datasets
import Degradation
import Foundation
import TestSupport

/// A picture whose pixels tell where they are: red the column, green the row, blue the picture.
func marked(width: Int, height: Int, blue: UInt8 = 0) throws -> DecodedPicture {
  var bytes: [UInt8] = []
  for y in 0..<height { for x in 0..<width { bytes += [UInt8(x), UInt8(y), blue] } }
  return try DecodedPicture(width: width, height: height, rgb8: bytes)
}

/// A folder with files in it that hold their own names.
func folder(of files: [String]) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  for file in files { try folder.write(file.utf8, to: file) }
  return folder
}

/// A decoder that makes pictures up from the length of the file's name.
struct NamedDecoder: PictureDecoder {
  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    let name = URL(fileURLWithPath: path).lastPathComponent
    return (24, 20, [UInt8](repeating: UInt8(name.count), count: 24 * 20 * 3))
  }
}
