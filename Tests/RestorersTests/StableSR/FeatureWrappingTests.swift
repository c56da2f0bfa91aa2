import Checkpoints
import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct FeatureWrappingTests {
  private let oracle: StableSROracle
  private let autoencoder: FeatureWrappingAutoencoder

  init() throws {
    oracle = try StableSROracle("cfw")
    let config = try oracle.config(FeatureWrappingConfig.self)
    autoencoder = try oracle.load(config.latentDiffusionKeys) { try FeatureWrappingAutoencoder($0, config) }
  }

  /// From one row to several strips to one strip to whole maps.
  static let plans = [1, 3_000, 17_000, 1 << 24, Int.max].map { StripPlan(byteCount: $0) }

  @Test(arguments: plans)
  func givesTheNumbersOfTheReference(_ plan: StripPlan) throws {
    try withoutGradient {
      let encoding = try autoencoder.encode(oracle.file.tensor("in/image"), plan: plan)
      try oracle.expect(
        .concatenated([encoding.posterior.mean_BCHW, encoding.posterior.logVariance_BCHW], axis: 1), "moments")
      #expect(encoding.features.count == 2)
      for (index, map) in encoding.features.enumerated() { try oracle.expect(map, "enc_fea.\(index)") }
      for weight in [0.0, 0.5, 1] {
        let picture = try autoencoder.decode(
          oracle.file.tensor("in/latent"), features: encoding.features, weight: weight, plan: plan)
        try oracle.expect(picture, "decoded.w\(weight)")
      }
    }
  }

  @Test func withoutWeightItIsThePlainAutoencoder() throws {
    try withoutGradient {
      let latent = try oracle.file.tensor("in/latent")
      let plain = try autoencoder.autoencoder.decode(latent)
      #expect(try autoencoder.decode(latent, features: [], weight: 0).floats() == plain.floats())
      let posterior = try autoencoder.autoencoder.encode(oracle.file.tensor("in/image"))
      let wrapped = try autoencoder.encode(oracle.file.tensor("in/image")).posterior
      #expect(try Difference(wrapped.mean_BCHW, posterior.mean_BCHW, absolute: 1e-5, relative: 0).isClose)
    }
  }

  @Test(arguments: [StripPlan.whole, StripPlan(byteCount: 2_000)])
  func keepsThePicturesOfABatchApart(_ plan: StripPlan) throws {
    try withoutGradient {
      let one = try oracle.file.tensor("in/image")
      let images = try Tensor.concatenated([one, try one * -0.3, try one * 0.1 + 0.5], axis: 0)
      let latents = try Tensor.randn([3, 4, 6, 8], generator: Generator(seed: 3))
      let encoding = try autoencoder.encode(images, plan: plan)
      let together = try autoencoder.decode(latents, features: encoding.features, weight: 0.7, plan: plan)
      for index in 0..<3 {
        let own = try autoencoder.encode(images.narrowed(0, from: index, length: 1), plan: .whole)
        let alone = try autoencoder.decode(
          latents.narrowed(0, from: index, length: 1), features: own.features, weight: 0.7, plan: .whole)
        let difference = try Difference(
          together.narrowed(0, from: index, length: 1), alone, absolute: 2e-4, relative: 2e-4)
        #expect(difference.isClose, "\(difference.absolute)")
      }
    }
  }

  /// The features serve every weight: a decode takes nothing of them away.
  @Test func featuresOutliveADecode() throws {
    try withoutGradient {
      let encoding = try autoencoder.encode(oracle.file.tensor("in/image"), plan: StripPlan(byteCount: 1_000))
      let before = try encoding.features.map { try $0.contiguous().floats() }
      let latent = try oracle.file.tensor("in/latent")
      _ = try autoencoder.decode(latent, features: encoding.features, weight: 1, plan: StripPlan(byteCount: 1_000))
      #expect(try encoding.features.map { try $0.contiguous().floats() } == before)
    }
  }

  @Test func featuresOfAnotherPictureAreRefused() throws {
    let latent = try Tensor.zeros([1, 4, 6, 8])
    let features = [try Tensor.zeros([1, 16, 24, 32]), try Tensor.zeros([1, 16, 12, 12])]
    let error = #expect(throws: TorchError.self) { try autoencoder.decode(latent, features: features, weight: 0.5) }
    #expect(
      error?.message
        == "decoding a latent of shape [1, 4, 6, 8] with encoder features of shapes [[1, 16, 24, 32], [1, 16, 12, 12]], "
        + "where [[1, 16, 24, 32], [1, 16, 12, 16]] go with it: encode the low-quality picture of the same size")
  }

  @Test func gradientsReachTheEncodersFeatures() throws {
    try withGradient {
      let features = try withoutGradient { try autoencoder.encode(oracle.file.tensor("in/image")).features }
      try features[1].requiresGradient(true)
      let picture = try autoencoder.decode(oracle.file.tensor("in/latent"), features: features, weight: 0.5)
      let found = try gradients(of: [try picture.square().mean()], withRespectTo: [features[1]])
      #expect(try #require(found[0]).abs().maximum().item() > 0)
    }
  }

  /// At 2048×2048 what is held at once must stay within twice what the plain autoencoder holds.
  @Test func estimatesTheMemoryOfFusions() {
    let config = FeatureWrappingConfig()
    let plan = StripPlan(byteCount: 8 << 20)
    let plain = config.autoencoder.workingByteCount(height: 2048, width: 2048, dtype: .bfloat16, plan: plan)
    let wrapped = config.workingByteCount(height: 2048, width: 2048, dtype: .bfloat16, plan: plan)
    let features = (256 << 20 | 512 << 18) * 2
    // Level 1: five maps of 256 channels less the features' own, and 128 channels between.
    #expect(wrapped == max(plain, (4 * 256 + 4 * 32) * (1 << 20) * 2 + 6 * plan.byteCount) + features)
    #expect(wrapped < 2 * plain)
  }

  @Test func asksForTheReleasesFusions() throws {
    let recorder = ParameterRecorder()
    _ = try FeatureWrappingAutoencoder(ParameterLoader(recorder).root, FeatureWrappingConfig())
    for (level, count) in [(1, 10_496_000), (2, 33_897_728)] {
      let fusion = recorder.shapes.filter { $0.key.contains(".fusion_layer_\(level).") }
      #expect(fusion.count == 78)
      #expect(fusion.values.reduce(0) { $0 + $1.reduce(1, *) } == count)
    }
    let name = FeatureWrappingConfig().latentDiffusionKeys.name(
      of: "decoder.fusion_layer_2.encode_enc_1.conv_out.weight")
    #expect(recorder.shapes[name] == [512, 1024, 1, 1])
  }

  @Test(arguments: [
    (#"{"ddconfig": {"ch": 0}}"#, "ch 0 and ch_mult [1, 2, 4, 4] must be positive and at most 65536"),
    (
      #"{"ddconfig": {"attn_resolutions": [16]}}"#,
      "attn_resolutions is not empty; only attention in the middle is built here"
    ),
    (#"{"embed_dim": 3, "ddconfig": {}}"#, "embed_dim 3 is not z_channels 4; they are one number here"),
    (#"{"num_fuse_block": 0}"#, "num_fuse_block is 0; it must be within 1…64"),
    (#"{"num_grow_ch": 0}"#, "num_grow_ch is 0; it must be within 1…65536"),
    (#"{"norm_num_groups": 24}"#, "norm_num_groups 24 does not divide the width 128"),
  ])
  func refusesSizesThatMakeNoAutoencoder(json: String, words: String) {
    #expect(decodingMessage(FeatureWrappingConfig.self, json) == words)
  }
}
