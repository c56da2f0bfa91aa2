import Degradation
import Testing
import Torch

@Suite struct PlanarImageTests {
  @Test func bytesComeAndGo() throws {
    let bytes = (0..<2 * 3 * 3).map { UInt8($0 * 14) }
    let image = try PlanarImage(rgb8: bytes, width: 3, height: 2)
    #expect(image.pixels[0] == 0 && image.pixels[1] == Float(42) / 255 && image.pixels[6] == Float(14) / 255)
    #expect(image.bytes8() == bytes)
    #expect(image.quantised() == image)
  }

  @Test func roundingIsHalfUpAndClamps() throws {
    let image = try PlanarImage(
      width: 6, height: 1, channels: 1, pixels: [-1, 0.5 / 255, 2.5 / 255, 254.4 / 255, 7, .nan])
    #expect(image.bytes8() == [0, 1, 3, 254, 255, 0])
    #expect(image.clamped().pixels[4] == 1)
  }

  @Test func tensorsComeAndGo() throws {
    let images = try [speckle(width: 5, height: 4, seed: 1), speckle(width: 5, height: 4, seed: 2)]
    let tensor = try PlanarImage.tensor(images)
    #expect(tensor.shape == [2, 3, 4, 5])
    #expect(try PlanarImage.images(tensor) == images)
    #expect(try PlanarImage.images(images[1].tensor().contiguous(.channelsLast)) == [images[1]])
  }

  @Test func sizesThatDoNotFitAreRefused() throws {
    let error = #expect(throws: DegradationError.self) { try PlanarImage(rgb8: [1, 2, 3], width: 2, height: 1) }
    #expect(error?.message == "making a picture of 2x1 from 3 bytes of RGB: 6 are needed")
    #expect(throws: DegradationError.self) { try PlanarImage(width: 0, height: 1, pixels: []) }
    #expect(throws: DegradationError.self) { try PlanarImage.tensor([]) }
    #expect(throws: DegradationError.self) { try PlanarImage.tensor([flat(0), flat(0, width: 3)]) }
    #expect(throws: DegradationError.self) { try PlanarImage.images(Tensor.zeros([3, 4, 5])) }
  }
}
