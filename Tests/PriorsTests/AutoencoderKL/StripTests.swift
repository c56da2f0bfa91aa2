import TestSupport
import Testing
import Torch

@testable import Priors

/// Strips must not be seen: the same answer as whole maps, whatever their height.
struct StripTests {
  init() throws { try Machine.setThreadCount(1) }

  struct Size: Sendable, CustomTestStringConvertible {
    let height: Int
    let width: Int
    var testDescription: String { "\(height)×\(width)" }
  }

  static let latents = [
    Size(height: 1, width: 1), Size(height: 2, width: 3), Size(height: 7, width: 5), Size(height: 16, width: 9),
  ]
  static let pictures = [
    Size(height: 4, width: 4), Size(height: 16, width: 8), Size(height: 37, width: 23), Size(height: 30, width: 41),
  ]
  /// From one row to several strips to one strip.
  static let byteCounts = [1, 3_000, 17_000, 1 << 24]

  @Test(arguments: latents, byteCounts)
  func decodesAsWholeMaps(_ size: Size, byteCount: Int) throws {
    try withoutGradient {
      let autoencoder = try tinyAutoencoder()
      let latent = try unevenPicture([1, 4, size.height, size.width], seed: 3) * 3
      let whole = try autoencoder.decode(latent, plan: .whole)
      let strips = try autoencoder.decode(latent, plan: StripPlan(byteCount: byteCount))
      #expect(whole.shape == [1, 3, 4 * size.height, 4 * size.width])
      let difference = try Difference(strips, whole, absolute: 1e-4, relative: 0)
      #expect(difference.isClose, "\(difference.absolute)")
    }
  }

  @Test(arguments: pictures, byteCounts)
  func encodesAsWholeMaps(_ size: Size, byteCount: Int) throws {
    try withoutGradient {
      let autoencoder = try tinyAutoencoder()
      let picture = try unevenPicture([1, 3, size.height, size.width], seed: 5)
      let whole = try autoencoder.encode(picture, plan: .whole)
      let strips = try autoencoder.encode(picture, plan: StripPlan(byteCount: byteCount))
      #expect(whole.mean_BCHW.shape == [1, 4, size.height / 4, size.width / 4])
      for (a, b) in [(strips.mean_BCHW, whole.mean_BCHW), (strips.logVariance_BCHW, whole.logVariance_BCHW)] {
        let difference = try Difference(a, b, absolute: 1e-4, relative: 0)
        #expect(difference.isClose, "\(difference.absolute)")
      }
    }
  }

  @Test func keepsThePicturesOfABatchApart() throws {
    try withoutGradient {
      let autoencoder = try tinyAutoencoder()
      let latents = try unevenPicture([3, 4, 6, 5], seed: 11) * Tensor([1, 4, 0.2] as [Float], [3, 1, 1, 1])
      let together = try autoencoder.decode(latents, plan: StripPlan(byteCount: 2_000))
      for index in 0..<3 {
        let alone = try autoencoder.decode(latents.narrowed(0, from: index, length: 1), plan: .whole)
        let part = try together.narrowed(0, from: index, length: 1)
        #expect(try Difference(part, alone, absolute: 1e-4, relative: 0).isClose)
      }
    }
  }

  /// Convolutions and norms in bfloat16 round at every layer, so only closeness on average can be asked for.
  @Test func staysNearFloat32InBfloat16() throws {
    try withoutGradient {
      let latent = try unevenPicture([1, 4, 12, 10], seed: 3)
      let exact = try tinyAutoencoder().decode(latent, plan: .whole)
      let network = try tinyAutoencoder(dtype: .bfloat16)
      for plan in [StripPlan.whole, StripPlan(byteCount: 4_000), StripPlan(byteCount: 1 << 24)] {
        let rounded = try network.decode(latent, plan: plan)
        #expect(rounded.dtype == .float32)
        let error = try (rounded - exact).square().mean().item() / exact.square().mean().item()
        #expect(error.squareRoot() < 0.03, "\(error.squareRoot())")
      }
    }
  }

  @Test func letsGoOfEverything() throws {
    try withoutGradient {
      let autoencoder = try tinyAutoencoder()
      let latent = try unevenPicture([1, 4, 8, 8], seed: 3)
      _ = try autoencoder.decode(latent, plan: StripPlan(byteCount: 1_000))
      // Other tests run beside this one and hold tensors of their own for a while; three leaking decodes would leave
      // hundreds every time.
      let growth = try (0..<5).map { _ in
        let before = Tensor.liveCount
        for _ in 0..<3 { _ = try autoencoder.decode(latent, plan: StripPlan(byteCount: 1_000)) }
        return Tensor.liveCount - before
      }
      #expect(try #require(growth.min()) < 100)
    }
  }

  @Test func gradientsPassThroughWholeMaps() throws {
    try withGradient {
      let autoencoder = try tinyAutoencoder()
      let latent = try unevenPicture([1, 4, 3, 3], seed: 3)
      try latent.requiresGradient(true)
      let found = try gradients(of: [try autoencoder.decode(latent).square().mean()], withRespectTo: [latent])
      #expect(try #require(found[0]).abs().maximum().item() > 0)
    }
  }

  @Test func asksForStripsThatCoverAllRows() {
    for height in [1, 2, 7, 64, 1000] {
      for byteCount in [1, 10, 100, 10_000, Int.max] {
        let ranges = StripPlan(byteCount: byteCount).ranges(height: height, rowByteCount: 10)
        #expect(ranges.map(\.count).reduce(0, +) == height)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(ranges.allSatisfy { $0.count == 1 || $0.count * 10 <= byteCount })
        let counts = ranges.map(\.count)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      }
    }
  }

  @Test func refusesRowsThatAreNotThere() throws {
    let map = FeatureStrips(channels: 2, height: 6, width: 3)
    for _ in 0..<3 { try map.append(.zeros([1, 2, 2, 3])) }
    #expect(try map.rows(1..<5).shape == [1, 2, 4, 3])
    #expect(throws: TorchError.self) { try map.append(.zeros([1, 2, 1, 3])) }
    map.release(above: 3)
    #expect(try map.rows(2..<6).shape == [1, 2, 4, 3])
    #expect(throws: TorchError.self) { try map.rows(1..<3) }
    #expect(throws: TorchError.self) { try map.rows(4..<7) }
  }
}
