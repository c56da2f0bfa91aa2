import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// Numbers of the diffusers autoencoders: `Tests/Fixtures/Oracles/README.md`.
struct AutoencoderFixtureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let plan: StripPlan
    var testDescription: String { "\(name) \(plan == .whole ? "whole" : "in strips of \(plan.byteCount) bytes")" }
  }

  static let cases = ["autoencoder-kl", "autoencoder-kl-16ch", "autoencoder-kl-legacy-keys"].flatMap { name in
    [StripPlan.whole, StripPlan(byteCount: 1), StripPlan(byteCount: 20_000)].map { Case(name: name, plan: $0) }
  }

  @Test(arguments: cases)
  func givesTheNumbersOfTheReference(_ test: Case) throws {
    try Machine.setThreadCount(1)
    let file = try SafetensorsFile(path: Fixture.path("Oracles/\(test.name).safetensors"))
    let config = try JSONDecoder().decode(
      AutoencoderKLConfig.self, from: Data(try #require(file.metadata["config"]).utf8))
    let absolute = try #require(Double(file.metadata["atol"] ?? ""))
    let relative = try #require(Double(file.metadata["rtol"] ?? ""))
    try withoutGradient {
      let autoencoder = try ParameterLoader.load(PrefixedSource(file, prefix: "w/"), component: test.name) {
        try AutoencoderKL($0, config)
      }
      let posterior = try autoencoder.encode(file.tensor("in/sample"), plan: test.plan)
      let decoded = try autoencoder.decode(file.tensor("in/latent"), plan: test.plan)
      for (actual, key) in [
        (posterior.mean_BCHW, "out/mean"), (posterior.logVariance_BCHW, "out/logvar"), (decoded, "out/decoded"),
      ] {
        let difference = try Difference(actual, file.tensor(key), absolute: absolute, relative: relative)
        #expect(difference.isClose, "\(key): \(difference.absolute)")
      }
    }
  }
}
