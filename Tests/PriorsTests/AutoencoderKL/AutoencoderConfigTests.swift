import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

struct AutoencoderConfigTests {
  private func read(_ json: String) throws -> AutoencoderKLConfig {
    try JSONDecoder().decode(AutoencoderKLConfig.self, from: Data(json.utf8))
  }

  @Test func readsThePublishedForm() throws {
    let config = try read(
      """
      {"_class_name": "AutoencoderKL", "latent_channels": 16, "scaling_factor": 0.3611, "shift_factor": 0.1159,
       "use_quant_conv": false, "use_post_quant_conv": false, "force_upcast": true, "latents_mean": null, "act_fn": "silu",
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"], "block_out_channels": [32, 64],
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "mid_block_add_attention": false}
      """)
    #expect(config.latentChannels == 16)
    #expect(config.scalingFactor == 0.3611)
    #expect(config.shiftFactor == 0.1159)
    #expect(!config.usesQuantConv && !config.usesPostQuantConv && !config.usesMidAttention)
    #expect(config.layersPerBlock == 2)
    #expect(config.sideFactor == 2)
    #expect(config.computeType(.float16) == .float32)
    #expect(config.computeType(.bfloat16) == .bfloat16)
    #expect(try read("{}").computeType(.float16) == .float16)
  }

  @Test(arguments: [
    (#"{"block_out_channels": []}"#, "block_out_channels has 0 entries"),
    (#"{"block_out_channels": [30]}"#, "norm_num_groups 32 does not divide the width 30"),
    (#"{"norm_num_groups": 0}"#, "must be positive"),
    (#"{"scaling_factor": 0}"#, "scaling_factor is 0.0"),
    (#"{"act_fn": "mish"}"#, "unknown act_fn 'mish'"),
    (#"{"latents_mean": [0.1]}"#, "latents_mean belongs to another kind of autoencoder"),
    (#"{"down_block_types": ["AttnDownBlock2D", "x", "x", "x"]}"#, "unknown block type 'AttnDownBlock2D'"),
    (#"{"up_block_types": ["UpDecoderBlock2D"]}"#, "1 block types for 4 levels"),
  ])
  func refusesWhatItDoesNotKnow(json: String, words: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    guard case .dataCorrupted(let context)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(context.debugDescription.contains(words), "\(context.debugDescription)")
  }

  @Test func estimatesMemoryByTheFinestLevel() {
    let config = AutoencoderKLConfig()
    let plan = StripPlan(byteCount: 8 << 20)
    let maps = 2 * 128 * 2048 * 2048 * 2
    #expect(
      config.workingByteCount(height: 2048, width: 2048, dtype: .bfloat16, plan: plan) == maps + 6 * plan.byteCount)
    #expect(
      config.workingByteCount(height: 2048, width: 2048, dtype: .float32, plan: plan) == 2 * maps + 6 * plan.byteCount)
    // A strip is never larger than its map.
    let small = 2 * 128 * 64 * 64 * 4
    #expect(config.workingByteCount(height: 64, width: 64, dtype: .float32, plan: .whole) == 7 * small)
  }

  @Test func scalesLatentsThereAndBack() throws {
    let autoencoder = try tinyAutoencoder()
    let z = try Tensor([1, -2, 3] as [Float], [1, 3, 1, 1])
    #expect(try Difference(autoencoder.latent(z), z * 0.18215, absolute: 1e-6, relative: 0).isClose)
    #expect(try Difference(autoencoder.unscaled(autoencoder.latent(z)), z, absolute: 1e-5, relative: 0).isClose)
  }

  @Test func shiftsBeforeItScales() throws {
    var config = AutoencoderKLConfig()
    config.blockOutChannels = [32]
    config.scalingFactor = 2
    config.shiftFactor = 0.5
    let autoencoder = try AutoencoderKL(ParameterLoader(LivelyWeights(seed: 1)).root, config)
    let z = try Tensor([1.5] as [Float], [1, 1, 1, 1])
    #expect(try autoencoder.latent(z).item() == 2)
    #expect(try autoencoder.unscaled(autoencoder.latent(z)).item() == 1.5)
  }

  @Test func drawsFromThePosterior() throws {
    try withoutGradient {
      let posterior = try tinyAutoencoder().encode(unevenPicture([1, 3, 8, 8], seed: 2))
      let none = try posterior.sample(posterior.mean_BCHW.zerosLike())
      #expect(try Difference(none, posterior.mean_BCHW, absolute: 0, relative: 0).isClose)
      let one = try posterior.sample(posterior.mean_BCHW.onesLike()) - posterior.mean_BCHW
      let deviation = try posterior.logVariance_BCHW.exp().sqrt()
      #expect(try Difference(one, deviation, absolute: 1e-5, relative: 1e-4).isClose)
    }
  }
}
