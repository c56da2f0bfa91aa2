import Foundation
import Pictures
import Quality
import Torch

/// Pairs of pictures and one pass of PSNR, SSIM and NIQE over them.
struct ScoreBench {
  /// The scores of one pair.
  struct Scores {
    let psnr: Double
    let ssim: Double
    let niqe: Double
  }

  private let paths: [(image: String, reference: String)]
  private let decoded: [(image: Tensor, reference: Tensor)]
  private let psnr = PSNR(luma: .bt601)
  private let ssim = SSIM(luma: .bt601)
  private let niqe: NIQE

  /// - Parameters:
  ///   - names: The pictures' file names, the same in both folders.
  ///   - sizes: Columns and rows of each pair.
  ///   - pixels: RGB of each picture, image and reference in turn, as the other side decoded them.
  ///   - precision: The reference's type between NIQE's steps.
  init(
    names: [String], sizes: [[Int]], pixels: [UInt8], images: String, references: String, precision: NIQE.Precision
  ) throws {
    niqe = NIQE(precision: precision)
    paths = names.map { (images + "/" + $0, references + "/" + $0) }
    var place = 0
    decoded = try sizes.map { size in
      func next() throws -> Tensor {
        let count = 3 * size[0] * size[1]
        guard place + count <= pixels.count else {
          throw BenchmarkError("the reference decoded fewer pixels than it says")
        }
        place += count
        return try Self.tensor(Array(pixels[place - count..<place]), width: size[0], height: size[1])
      }
      return (try next(), try next())
    }
    guard place == pixels.count else { throw BenchmarkError("the reference decoded more pixels than it says") }
  }

  private static func tensor(_ samples: [UInt8], width: Int, height: Int) throws -> Tensor {
    try Tensor(samples, [1, height, width, 3]).permuted([0, 3, 1, 2])
  }

  private static func decode(_ path: String) throws -> Tensor {
    let picture = try Picture.decodeRGB8(path: path)
    return try tensor(picture.samples, width: picture.width, height: picture.height)
  }

  /// Scores every pair on this thread.
  @discardableResult
  func makePass(decoding: Bool) throws -> [Scores] {
    try withoutGradient {
      try paths.indices.map { index in
        let image = decoding ? try Self.decode(paths[index].image) : decoded[index].image
        let reference = decoding ? try Self.decode(paths[index].reference) : decoded[index].reference
        return Scores(
          psnr: try psnr.score(image, reference_BCHW: reference)[0],
          ssim: try ssim.score(image, reference_BCHW: reference)[0], niqe: try niqe.score(image)[0])
      }
    }
  }
}
