import Degradation
import Torch

/// Gaussian and shot noise of given draws.
struct DegradationNoiseComponent: ParityComponent {
  let names = ["degradation-noise"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try PlanarImage.images(fixture.input("img"))
    let isGrey = try fixture.input("gray").doubles().map { $0 > 0.5 }
    let sigma = try fixture.input("sigma").doubles()
    let scale = try fixture.input("scale").doubles()
    let patterns = try PlanarImage.images(fixture.input("randn")).map(\.pixels)
    let greyPattern = try fixture.input("randn_gray").floats()
    let counts = try PlanarImage.images(fixture.input("poisson_counts")).map(\.pixels)
    let greyCounts = try PlanarImage.images(fixture.input("poisson_gray_counts")).map(\.pixels)

    func batch(_ item: (Int) -> PlanarImage) throws -> Tensor { try PlanarImage.tensor(images.indices.map(item)) }
    func gaussian(_ index: Int, grey: Bool) -> PlanarImage {
      GaussianNoise(sigma: sigma[index], isGrey: grey).add(
        to: images[index], pattern: grey ? greyPattern : patterns[index])
    }
    func poisson(_ index: Int, grey: Bool) -> PlanarImage {
      PoissonNoise(scale: scale[index], isGrey: grey).add(
        to: images[index], counts: grey ? greyCounts[index] : counts[index])
    }
    /// The mean of each pixel's count.
    func rate(grey: Bool) throws -> Tensor {
      let rates = images.map { PoissonNoise(scale: 1, isGrey: grey).rate(of: $0) }
      let quanta = try Tensor(rates.map { Float($0.quanta) }, [rates.count, 1, 1, 1])
      return try PlanarImage.tensor(rates.map(\.base)) * quanta
    }

    let answers = [
      Answer("gaussian", try batch { gaussian($0, grey: isGrey[$0]) }),
      Answer("gaussian_color_rounds", try batch { gaussian($0, grey: false).quantised() }),
      Answer("poisson", try batch { poisson($0, grey: isGrey[$0]) }),
      Answer("poisson_color", try batch { poisson($0, grey: false) }),
      Answer("poisson_rate", try rate(grey: false)),
      Answer("poisson_gray_rate", try rate(grey: true)),
    ]
    return answers.filter { fixture.outputs.contains($0.output) }
  }
}
