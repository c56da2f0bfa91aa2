import Degradation
import Testing
import Torch

@Suite struct NoiseTests {
  @Test func answersTheReferenceForGivenDraws() throws {
    let fixture = try Reference("degradation-noise")
    let images = try fixture.images("in/img")
    let colour = try fixture.images("in/randn")
    let grey = try fixture.input("randn_gray").floats()
    let sigma = try fixture.input("sigma").doubles()
    let scale = try fixture.input("scale").doubles()
    let isGrey = try fixture.input("gray").doubles().map { $0 > 0.5 }
    #expect(isGrey.contains(true) && isGrey.contains(false))
    let counts = try fixture.images("in/poisson_counts")
    let greyCounts = try fixture.images("in/poisson_gray_counts")
    for index in images.indices {
      let gaussian = GaussianNoise(sigma: sigma[index], isGrey: isGrey[index])
      let noisy = gaussian.add(to: images[index], pattern: isGrey[index] ? grey : colour[index].pixels)
      #expect(distance(noisy, try fixture.images("out/gaussian")[index].clamped()) < 2e-5)
      let coloured = GaussianNoise(sigma: sigma[index]).add(to: images[index], pattern: colour[index].pixels)
        .quantised()
      #expect(distance(coloured, try fixture.images("out/gaussian_color_rounds")[index]) < 2e-5)
      let poisson = PoissonNoise(scale: scale[index], isGrey: isGrey[index])
      let shot = poisson.add(to: images[index], counts: isGrey[index] ? greyCounts[index].pixels : counts[index].pixels)
      #expect(distance(shot, try fixture.images("out/poisson")[index].clamped()) < 2e-5)
      let colouredShot = PoissonNoise(scale: scale[index]).add(to: images[index], counts: counts[index].pixels)
      #expect(distance(colouredShot, try fixture.images("out/poisson_color")[index].clamped()) < 2e-5)
      for (name, isGrey) in [("poisson_rate", false), ("poisson_gray_rate", true)] {
        let (base, quanta) = PoissonNoise(scale: 1, isGrey: isGrey).rate(of: images[index])
        let expected = try fixture.images("out/" + name)[index]
        #expect(zip(base.pixels, expected.pixels).allSatisfy { abs($0 * Float(quanta) - $1) < 2e-4 })
      }
    }
  }

  @Test func gaussianNoiseHasItsStrength() throws {
    var random = SeededRandom(seed: 11)
    let image = try flat(0.5, width: 60, height: 50)
    let noisy = GaussianNoise(sigma: 20).add(to: image, using: &random)
    let variance = noisy.pixels.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / Float(noisy.pixels.count)
    #expect(abs(variance.squareRoot() * 255 - 20) < 0.6)
    let grey = GaussianNoise(sigma: 20, isGrey: true).add(to: image, using: &random)
    #expect(Array(grey.pixels[..<3000]) == Array(grey.pixels[3000..<6000]))
    #expect(noisy.pixels[..<3000] != noisy.pixels[3000..<6000])
  }

  @Test func shotNoiseHasItsVariance() throws {
    var random = SeededRandom(seed: 12)
    // Two levels: V = 2, so the variance of a pixel is scale² value / 2.
    let half = [Float](repeating: 102.0 / 255, count: 3000) + [Float](repeating: 51.0 / 255, count: 3000)
    let image = try PlanarImage(width: 100, height: 60, channels: 1, pixels: half)
    let noisy = PoissonNoise(scale: 0.1).add(to: image, using: &random)
    for (part, value) in [(0..<3000, Float(0.4)), (3000..<6000, 0.2)] {
      let variance = noisy.pixels[part].reduce(0) { $0 + ($1 - value) * ($1 - value) } / 3000
      #expect(abs(variance / (0.01 * value / 2) - 1) < 0.15)
    }
  }

  @Test func noiseStaysInRange() throws {
    var random = SeededRandom(seed: 13)
    for value: Float in [0, 1] {
      let noisy = GaussianNoise(sigma: 200).add(to: try flat(value), using: &random)
      let shot = PoissonNoise(scale: 50).add(to: try flat(value), using: &random)
      #expect((noisy.pixels + shot.pixels).allSatisfy { (0...1).contains($0) })
    }
  }
}
