import Checkpoints
import Degradation
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch
import Training

struct PixelLossTests {
  private let autoencoder: AutoencoderKL

  init() throws {
    try useOneThread()
    let file = try SafetensorsFile(path: Fixture.path("Oracles/autoencoder-kl-16ch.safetensors"))
    let config = try JSONDecoder().decode(
      AutoencoderKLConfig.self, from: Data(try #require(file.metadata["config"]).utf8))
    autoencoder = try ParameterLoader.load(PrefixedSource(file, prefix: "w/"), component: "it") {
      try AutoencoderKL($0, config)
    }
  }

  private var factor: Int { autoencoder.config.sideFactor }

  private struct Batch {
    let clean: Tensor
    let noisy: Tensor
    let velocity: Tensor
    let high: Tensor
    let times: [Double]
  }

  /// Latents whose pictures are the high-quality ones.
  private func batch(side: Int = 12, times: [Double] = [0.25, 0.75]) throws -> Batch {
    let generator = try Generator(seed: 4)
    let shape = [times.count, autoencoder.config.latentChannels, side, side]
    let (clean, noise) = (try Tensor.randn(shape, generator: generator), try Tensor.randn(shape, generator: generator))
    let time = try Tensor(times.map { Float($0) }, [times.count, 1, 1, 1])
    let noisy = try clean * (1 - time) + noise * time
    let velocity = try noise - clean
    let high = try autoencoder.decode(autoencoder.unscaled(clean), plan: .whole) * 0.5 + 0.5
    return Batch(clean: clean, noisy: noisy, velocity: velocity, high: high, times: times)
  }

  private func loss(
    _ loss: PixelLoss, _ batch: Batch, velocity: Tensor? = nil, high: Tensor? = nil, seed: UInt64 = 1
  ) throws -> Double {
    var random = SeededRandom(seed: seed)
    return try loss(
      noisy_BCHW: batch.noisy, velocity_BCHW: velocity ?? batch.velocity, times: batch.times,
      high_BCHW: high ?? batch.high, random: &random
    ).item()
  }

  @Test func theRightVelocityHasNoLoss() throws {
    let batch = try batch()
    #expect(try loss(PixelLoss(autoencoder, weight: 1, crop: nil), batch) < 1e-5)
    #expect(try loss(PixelLoss(autoencoder, weight: 1, crop: nil), batch, velocity: batch.velocity * 0.9) > 1e-3)
  }

  /// Rows weigh λ (1 - t): a difference of one tenth everywhere shows it.
  @Test func rowsWeighLessTheNoisierTheyAre() throws {
    let batch = try batch()
    let high = try batch.high + 0.1
    let found = try loss(PixelLoss(autoencoder, weight: 2, crop: nil), batch, high: high)
    #expect(abs(found - 0.1 * 2 * (0.75 + 0.25) / 2) < 1e-4)
    let crop = try loss(PixelLoss(autoencoder, weight: 2, crop: 4, halo: 12), batch, high: high)
    #expect(abs(crop - found) < 1e-4)
  }

  /// With a halo that covers the rest, a part is that part of the whole; the same part of the picture is compared.
  @Test func thePartThatIsComparedIsOneOfTheWhole() throws {
    let batch = try batch(times: [0.5])
    let velocity = try batch.velocity * 0.8
    let clean = try batch.noisy - velocity * 0.5
    let decoded = try autoencoder.decode(autoencoder.unscaled(clean), plan: .whole) * 0.5 + 0.5
    let difference: Tensor = try (decoded - batch.high).abs()
    var expected: Set<Int> = []
    for top in 0...8 {
      for left in 0...8 {
        let part = try difference.cropped(Tile(top: top, left: left, height: 4, width: 4).scaled(by: factor))
        expected.insert(Int((try part.mean().item() * 0.5 * 1e6).rounded()))
      }
    }
    var found: Set<Int> = []
    for seed in 0..<12 {
      let value = try loss(
        PixelLoss(autoencoder, weight: 1, crop: 4, halo: 12), batch, velocity: velocity, seed: UInt64(seed))
      let rounded = Int((value * 1e6).rounded())
      #expect(expected.contains { abs($0 - rounded) <= 2 }, "\(value)")
      found.insert(rounded)
    }
    // The seed chooses the part.
    #expect(found.count > 4)
  }

  /// A small halo keeps the rim of the part from seeing the cut: nearer to the whole than without.
  @Test func aHaloBringsTheRimNearerToTheWhole() throws {
    let batch = try batch(side: 24, times: [0.0])
    func rim(_ halo: Int) throws -> Double {
      try (0..<4).reduce(0.0) {
        try $0 + loss(PixelLoss(autoencoder, weight: 1, crop: 8, halo: halo), batch, seed: UInt64($1))
      }
    }
    #expect(try rim(8) < rim(0))
  }

  /// Gradients go through the frozen decoder to the velocity, inside of the part and its halo alone.
  @Test func gradientsReachTheVelocity() throws {
    let batch = try batch(times: [0.5])
    let velocity = try (batch.velocity * 0.9).requiresGradient(true)
    let found = try withGradient { () throws in
      var random = SeededRandom(seed: 1)
      let loss = try PixelLoss(autoencoder, weight: 1, crop: 4, halo: 1)(
        noisy_BCHW: batch.noisy, velocity_BCHW: velocity, times: batch.times, high_BCHW: batch.high, random: &random)
      return try gradients(of: [loss], withRespectTo: [velocity])
    }
    let sizes = try #require(found[0]).abs().maximum(over: [0, 1]).floats()
    let touched = sizes.filter { $0 > 0 }.count
    #expect(touched >= 16 && touched <= 36, "\(touched)")
  }

  @Test func otherSizesAreRefused() throws {
    let batch = try batch()
    let error = #expect(throws: TrainingError.self) {
      try loss(PixelLoss(autoencoder), batch, high: .zeros([2, 3, 12, 12]))
    }
    #expect(
      error?.message
        == "the pixel loss got 2 times and pictures of shape [2, 3, 12, 12] for latents of shape [2, 16, 12, 12]: each row has "
        + "a time, and a picture \(factor) times as large")
  }
}
