import Checkpoints
import Degradation
import TestSupport
import Torch

/// A committed file of reference answers, by its parts.
struct Reference {
  private let file: SafetensorsFile

  init(_ name: String) throws { file = try SafetensorsFile(path: Fixture.path("Degradation/\(name).safetensors")) }

  var outputs: [String] { file.keys.filter { $0.hasPrefix("out/") }.map { String($0.dropFirst(4)) }.sorted() }
  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }
  func output(_ name: String) throws -> Tensor { try file.tensor("out/" + name) }
  func images(_ key: String) throws -> [PlanarImage] { try PlanarImage.images(file.tensor(key)) }
}

/// Largest difference between a picture and what is expected; infinite when the shapes differ.
func distance(_ image: PlanarImage, _ expected: PlanarImage) -> Float {
  guard (image.width, image.height, image.channels) == (expected.width, expected.height, expected.channels) else {
    return .infinity
  }
  return zip(image.pixels, expected.pixels).map { abs($0 - $1) }.max() ?? 0
}

/// A picture of uniform noise.
func speckle(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) throws -> PlanarImage {
  var random = SeededRandom(seed: seed)
  return try PlanarImage(
    width: width, height: height, channels: channels,
    pixels: (0..<width * height * channels).map { _ in Float(random.uniform()) })
}

/// A picture of one value.
func flat(_ value: Float, width: Int = 16, height: Int = 12) throws -> PlanarImage {
  try PlanarImage(width: width, height: height, pixels: [Float](repeating: value, count: 3 * width * height))
}
