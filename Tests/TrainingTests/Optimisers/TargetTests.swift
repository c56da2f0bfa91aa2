import Priors
import Testing
import Torch
import Training

/// Training targets and losses against diffusers' DDPM scheduler and PyTorch.
struct TargetTests {
  private let goldens: TrainingGoldens
  private let levels: [NoiseLevel]

  init() throws {
    goldens = try TrainingGoldens()
    levels = try zip([999.0, 499, 20], goldens.tensor("target/alphas").doubles()).map {
      NoiseLevel(timestep: $0, signal: $1.squareRoot(), noise: (1 - $1).squareRoot())
    }
  }

  /// The target of each row, at the row's own level.
  private func targets(_ parametrisation: Parametrisation) throws -> Tensor {
    let (clean, noise) = (try goldens.tensor("target/clean"), try goldens.tensor("target/noise"))
    return try .concatenated(
      levels.enumerated().map { row, level in
        try parametrisation.target(
          clean: clean.narrowed(0, from: row, length: 1), noise: noise.narrowed(0, from: row, length: 1), at: level)
      }, axis: 0)
  }

  @Test func targetsAreThoseOfTheReference() throws {
    #expect(try isClose(targets(.epsilon), goldens.tensor("target/noise"), absolute: 0))
    #expect(try isClose(targets(.velocity), goldens.tensor("target/velocity")))
    #expect(try isClose(targets(.clean), goldens.tensor("target/clean"), absolute: 0))
  }

  @Test func noisyLatentsAreThoseOfTheReference() throws {
    let noisy = try goldens.tensor("target/noisy")
    for (row, level) in levels.enumerated() {
      func only(_ key: String) throws -> Tensor { try goldens.tensor(key).narrowed(0, from: row, length: 1) }
      let found = try level.noised(only("target/clean"), with: only("target/noise"))
      #expect(try isClose(found, noisy.narrowed(0, from: row, length: 1)))
    }
  }

  @Test func lossesAndTheirGradientsAreThoseOfPyTorch() throws {
    let guess = try goldens.tensor("target/guess").cloned().requiresGradient(true)
    let target = try targets(.epsilon)
    for (loss, name) in [
      (try guess.meanSquaredError(target), "target/loss"),
      (try guess.meanAbsoluteError(target), "target/absolute_loss"),
    ] {
      #expect(try isClose(loss, goldens.tensor(name)))
      let gradient = try gradients(of: [loss], withRespectTo: [guess])[0]
      #expect(try isClose(#require(gradient), goldens.tensor(name + "_gradient"), absolute: 1e-9))
    }
  }
}
