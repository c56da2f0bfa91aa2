import Checkpoints
import Priors
import Testing
import Torch

@testable import Restorers

/// The memory of the published sizes, calculated without loading anything.
struct AdapterFootprintTests {
  /// Numbers of the networks that are loaded at once: the denoising network with its adapters and the autoencoder, or one
  /// text encoder.
  private static let sdxl = (networks: 2_567_463_684 + 147_407_680 + 83_653_863, text: 694_659_840)
  private static let sd3 = (networks: 2_084_951_104 + 70_379_520 + 83_819_683, text: 694_659_840)
  private static let t5 = 4_762_310_656

  private func footprint(_ networks: Int, _ text: Int, _ autoencoder: AutoencoderKLConfig) -> Footprint {
    .latentDiffusion(weights: 2 * max(networks, text), dtype: .bfloat16) {
      autoencoder.workingByteCount(height: $0, width: $0, dtype: .bfloat16, plan: $1)
    }
  }

  private func plan(_ footprint: Footprint, side: Int, memory: Int) throws -> MemoryPlan {
    try MemoryPlan(
      footprint, width: side, height: side, outputPixels: side * side, tile: .automatic, budget: memory,
      sideMultiple: 64)
  }

  /// 12 GB hold a picture of 1024 whole, and one of 2048 in tiles.
  @Test func twelveGigabytesAreEnough() throws {
    for footprint in [
      footprint(Self.sdxl.networks, Self.sdxl.text, .sdxl), footprint(Self.sd3.networks, Self.sd3.text, .sd3),
    ] {
      #expect(try plan(footprint, side: 1024, memory: 12_000_000_000).tile == nil)
      #expect(try plan(footprint, side: 1024, memory: 12_000_000_000).bytes < 8_000_000_000)
      #expect(try plan(footprint, side: 2048, memory: 12_000_000_000).tile == 1024)
    }
  }

  /// T5 and the transformer take turns: what counts is the larger.
  @Test func t5CountsInPlaceOfTheTransformer() throws {
    let with = footprint(Self.sd3.networks, Self.t5, .sd3)
    #expect(with.fixed == 2 * Self.t5 + 700_000_000)
    #expect(try plan(with, side: 1024, memory: 12_000_000_000).bytes < 12_000_000_000)
  }

  /// The counts are those of the networks.
  @Test func theCountsAreThoseOfTheNetworks() throws {
    let x1 = try RestorationAdapterConfig.x1.parameterCounts(for: .unet(.sdxl))
    let m1 = try RestorationAdapterConfig.m1.parameterCounts(for: .transformer(SD3TransformerConfig()))
    #expect(x1.adapters == 147_407_680 && x1.total == 158_057_280)
    #expect(m1.adapters == 70_379_520 && m1.total == 79_767_552)
  }
}
