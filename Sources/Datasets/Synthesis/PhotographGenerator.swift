internal import Degradation
internal import Torch

/// Crops of photographs that are there already: seed s takes photograph s modulo their number, at a place that the seed
/// draws. Nothing is resized.
public struct PhotographGenerator: PictureGenerator {
  private let paths: [String]
  private let names: [String]
  private let decoder: any PictureDecoder

  /// Photographs of folders.
  /// - Parameters:
  ///   - folders: At least one with a picture.
  ///   - decoder: Who reads them.
  /// - Throws: `DatasetError` for a folder that is absent or holds no picture.
  public init(folders: [String], decoder: any PictureDecoder) throws {
    var (paths, names): ([String], [String]) = ([], [])
    for path in folders {
      let folder = try PictureFolder(path)
      names += folder.names
      paths += folder.names.map { folder.path(of: $0) }
    }
    guard !paths.isEmpty else {
      throw DatasetError(.folder, "looking for photographs to make pairs of: no folder is named")
    }
    (self.paths, self.names, self.decoder) = (paths, names, decoder)
  }

  /// Photographs there are.
  public var count: Int { paths.count }

  /// SHA-256 of their names, which say which photograph a seed takes.
  public var digest: String { SHA256.hex(names.joined(separator: "\n")) }

  /// A crop.
  public func generate(seed: UInt64, width: Int, height: Int, watch: GenerationWatch) throws -> GeneratedPicture {
    let path = paths[Int(seed % UInt64(paths.count))]
    let (columns, rows, pixels): (Int, Int, [UInt8])
    do {
      (columns, rows, pixels) = try decoder.decodeRGB8(path: path)
    } catch {
      throw UnusablePicture("the photograph cannot be read: \(error)")
    }
    guard columns >= width, rows >= height else {
      throw UnusablePicture("the photograph '\(path)' has \(columns)x\(rows) pixels, too few for \(width)x\(height)")
    }
    var random = SeededRandom(seed: seed, name: "photograph")
    let left = random.integer(below: columns - width + 1)
    let top = random.integer(below: rows - height + 1)
    let whole = try Tensor(pixels, [1, rows, columns, 3]).permuted([0, 3, 1, 2])
    let crop = try whole.narrowed(2, from: top, length: height).narrowed(3, from: left, length: width)
    return GeneratedPicture(try crop.contiguous().to(.float32) / 255)
  }
}
