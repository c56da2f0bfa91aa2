import Restorers
import TestSupport
import Testing
import Torch

struct PixelCodecTests {
  @Test(arguments: [1, 2, 4]) func losslessBothWays(factor: Int) throws {
    let picture = try Tensor.rand([2, 3, 8, 12], generator: Generator(seed: 1))
    let codec = PixelCodec(factor: factor)
    let latent = try codec.encode(picture)
    #expect(latent.shape == [2, 3 * factor * factor, 8 / factor, 12 / factor])
    #expect(try latent.minimum().item() >= -1 && latent.maximum().item() <= 1)
    #expect(try Difference(codec.decode(latent), picture, absolute: 1e-6, relative: 0).isClose)
  }

  /// Black is -1 and white 1; a channel of the latent is one place of the block in one colour.
  @Test func placesOfABlock() throws {
    let picture = try Tensor([0, 1, 0.5, 0.25] + [Float](repeating: 0, count: 8), [1, 3, 2, 2])
    let latent = try PixelCodec(factor: 2).encode(picture).floats()
    #expect(latent == [-1, 1, 0, -0.5] + [Float](repeating: -1, count: 8))
  }
}
