import Priors
import Testing
import Torch

struct FluxPackingTests {
  /// Channel, then row, then column of the square: index c · 4 + dy · 2 + dx.
  @Test func aTokenHoldsFourPixelsChannelByChannel() throws {
    // A pixel says where it is: channel, row, column.
    var planes: [Float] = []
    for line in 0..<8 {
      for column in 0..<6 { planes.append(Float(100 * (line / 4) + 10 * (line % 4) + column)) }
    }
    let latent = try Tensor(planes, [1, 2, 4, 6])
    let tokens = try FluxPacking.packed(latent)
    #expect(tokens.shape == [1, 6, 8])
    #expect(try floats(tokens.selected(1, 0)) == [0, 1, 10, 11, 100, 101, 110, 111])
    #expect(try floats(tokens.selected(1, 2)) == [4, 5, 14, 15, 104, 105, 114, 115])
    #expect(try floats(tokens.selected(1, 4)) == [22, 23, 32, 33, 122, 123, 132, 133])
  }

  @Test(arguments: [(1, 16, 8, 8), (2, 4, 6, 10), (1, 1, 2, 2)])
  func unpackingBringsBack(batch: Int, channels: Int, height: Int, width: Int) throws {
    let latent = try Draws().normal([batch, channels, height, width])
    let tokens = try FluxPacking.packed(latent)
    #expect(tokens.shape == [batch, height * width / 4, 4 * channels])
    #expect(try floats(FluxPacking.unpacked(tokens, height: height, width: width)) == floats(latent))
  }

  @Test(arguments: [[1, 16, 7, 8], [1, 16, 8, 9], [16, 8, 8]]) func oddLatentsAreRefused(shape: [Int]) throws {
    let error = #expect(throws: TorchError.self) { try FluxPacking.packed(.zeros(shape)) }
    #expect(error?.message == "a latent of shape \(shape) cannot be packed into tokens of 2×2; pad it to even sides")
  }
}
