import TestSupport
import Testing
import Torch

@testable import Quality

struct LevelPlanesTests {
  init() throws { try useOneThread() }

  /// Random levels; even ones too where half a level decides.
  private func levels(_ shape: [Int]) throws -> Tensor {
    try (Tensor.rand(shape, generator: Generator(seed: 5)) * 255).round().to(.uint8)
  }

  /// Everything that a reader gives, as `[pictures, planes, height, width]`.
  private func read(_ levels: LevelPlanes) throws -> Tensor {
    let values = try levels.withReader { reader in
      var values = [Double](repeating: .nan, count: levels.pictures * levels.planes * levels.height * levels.width)
      values.withUnsafeMutableBufferPointer { buffer in
        guard var place = buffer.baseAddress else { return }
        for picture in 0..<levels.pictures {
          for plane in 0..<levels.planes {
            for row in 0..<levels.height {
              // In two parts, as wide pictures are read.
              for columns in [0..<levels.width / 3, levels.width / 3..<levels.width] {
                reader.read(picture: picture, plane: plane, row: row, columns: columns, into: place)
                place += columns.count
              }
            }
          }
        }
      }
      return values
    }
    return try Tensor(values, [levels.pictures, levels.planes, levels.height, levels.width])
  }

  /// However the bytes lie in memory, the lines are what tensor operators make of the whole picture.
  @Test(arguments: [nil, .bt601, .yiq] as [Luma?], [(false, 0), (true, 0), (false, 3), (true, 3)])
  func linesAreTheWholePicture(luma: Luma?, variant: (rounds: Bool, border: Int)) throws {
    let bytes_BCHW = try levels([2, 3, 23, 37])
    let inner = try bytes_BCHW.to(.float64).narrowed(2, from: variant.border, length: 23 - 2 * variant.border)
      .narrowed(3, from: variant.border, length: 37 - 2 * variant.border)
    let expected = try luma.map { try variant.rounds ? $0.rounded(inner) : $0(inner) } ?? inner
    let interleaved = try bytes_BCHW.permuted([0, 2, 3, 1]).contiguous().permuted([0, 3, 1, 2])
    #expect(interleaved.isChannelsLast && !bytes_BCHW.isChannelsLast)
    for tensor in [bytes_BCHW, interleaved, try bytes_BCHW.to(.float64) / 255] {
      let found = try read(
        LevelPlanes(tensor, luma: luma, border: variant.border, roundsLuma: variant.rounds, metric: "test"))
      let bound = variant.rounds && luma != nil ? 0 : 1e-12
      #expect(try Difference(found, expected, absolute: bound, relative: bound).isClose)
    }
  }

  /// Two colours whose 65481 R + 128553 G + 24966 B lies right between two levels: the even one is taken, as NumPy and PyTorch do.
  @Test func halfALevelGoesToTheEvenOne() throws {
    let colours = try Tensor([2, 0, 44, 204, 141, 68] as [UInt8], [1, 3, 1, 2])
    func found(rounds: Bool) throws -> [Double] {
      try read(LevelPlanes(colours, luma: .bt601, border: 0, roundsLuma: rounds, metric: "test")).doubles()
    }
    #expect(try found(rounds: false) == [52.5, 125.5])
    #expect(try found(rounds: true) == [52, 126])
  }

  @Test func aGaussianSumsToOne() {
    let taps = GaussianWindow.taps(radius: 3, sigma: 7.0 / 6)
    #expect(taps.count == 7 && abs(taps.reduce(0, +) - 1) < 1e-15 && taps[0] == taps[6])
    // The weights that are written in papers.
    #expect(abs(GaussianWindow.taps(radius: 5, sigma: 1.5)[5] - 0.26601172) < 1e-8)
  }
}
