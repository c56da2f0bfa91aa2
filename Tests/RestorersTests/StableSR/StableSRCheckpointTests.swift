import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

/// The layout of the real file is held by the manifest `stablesr`.
struct StableSRCheckpointTests {
  private func config() throws -> StableSRConfig {
    var config = StableSRConfig()
    config.unet = try StableSROracle("unet").config(LatentDiffusionUNetConfig.self).network
    config.encoder = try StableSROracle("encoder").config(TimeAwareEncoderConfig.self)
    config.autoencoder = try StableSROracle("cfw").config(FeatureWrappingConfig.self).autoencoder
    return config
  }

  /// A main file of the recorded networks.
  private func file() throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, prefix) in [
      ("unet", "model.diffusion_model."), ("encoder", "structcond_stage_model."), ("cfw", "first_stage_model."),
    ] {
      let file = try StableSROracle(name).file
      for key in file.keys where key.hasPrefix("w/") && !key.contains(".fusion_layer_") {
        tensors[prefix + key.dropFirst(2)] = try file.tensor(key)
      }
    }
    tensors["betas"] = try .zeros([1000])
    tensors["model_ema.decay"] = try .zeros([1])
    tensors["cond_stage_model.model.ln_final.weight"] = try .zeros([1024])
    tensors["cond_stage_model.model.logit_scale"] = try .zeros([])
    return tensors
  }

  @Test func everyPartLoadsUnderBurnishsNames() throws {
    let config = try config()
    let checkpoint = StableSRCheckpoint(ParameterDictionary(try file()), config)
    _ = try ParameterLoader.load(checkpoint.unet, component: "U-Net") { try UNet2DCondition($0, config.unet) }
    _ = try ParameterLoader.load(checkpoint.encoder, component: "encoder") { try TimeAwareEncoder($0, config.encoder) }
    _ = try ParameterLoader.load(checkpoint.autoencoder, component: "autoencoder") {
      try AutoencoderKL($0, config.autoencoder)
    }
    #expect(checkpoint.text.keys == ["text_model.final_layer_norm.weight"])
    #expect(checkpoint.keys.contains("unet.down_blocks.0.resnets.0.spade.mlp_gamma.weight"))
    #expect(
      !checkpoint.keys.contains { $0.contains("betas") || $0.contains("model_ema") || $0.contains("logit_scale") })
    let loader = ParameterLoader(checkpoint)
    let weight = try (loader.root / "text" / "text_model" / "final_layer_norm").take("weight", [1024], .ones)
    #expect(weight.device == .cpu)
    _ = try (loader.root / "somewhere").take("weight", [1], .ones)
    #expect(loader.finish { _ in true }.missing == ["somewhere.weight"])
  }

  @Test func strangeKeysAreReported() throws {
    var tensors = try file()
    tensors["optimizer.state"] = try .zeros([1])
    tensors["structcond_stage_model.extra.weight"] = try .zeros([1])
    let checkpoint = StableSRCheckpoint(ParameterDictionary(tensors), try config())
    #expect(checkpoint.keys.contains("optimizer.state"))
    let config = try config()
    let error = #expect(throws: CheckpointError.self) {
      try ParameterLoader.load(checkpoint.encoder, component: "encoder") { try TimeAwareEncoder($0, config.encoder) }
    }
    #expect(error?.message.contains("unexpected: extra.weight") == true)
  }

  /// The autoencoder's own file has no prefix; a whole checkpoint's has.
  @Test(arguments: ["", "first_stage_model."])
  func theAutoencodersFileLoadsWithAndWithoutPrefix(prefix: String) throws {
    let oracle = try StableSROracle("cfw")
    let config = try oracle.config(FeatureWrappingConfig.self)
    var tensors: [String: Tensor] = [:]
    for key in oracle.file.keys where key.hasPrefix("w/") {
      tensors[prefix + key.dropFirst(2)] = try oracle.file.tensor(key)
    }
    tensors[prefix + "loss.logvar"] = try .zeros([1])
    tensors[prefix + "loss.discriminator.main.0.weight"] = try .zeros([1])
    let source = StableSRCheckpoint.featureWrapping(ParameterDictionary(tensors), config)
    _ = try ParameterLoader.load(source, component: "autoencoder") { try FeatureWrappingAutoencoder($0, config) }
  }
}

struct StableSRConfigTests {
  /// What the manifest of the release says, which `parity --manifest` builds.
  @Test func readsTheReleasesForm() throws {
    let json = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/stablesr.json")))
    let root = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    let text = try JSONSerialization.data(withJSONObject: #require(root["config"]))
    let config = try JSONDecoder().decode(StableSRConfig.self, from: text)
    let release = StableSRConfig()
    #expect(config.unet == release.unet)
    #expect(config.encoder == release.encoder)
    #expect(config.autoencoder.blockOutChannels == [128, 256, 512, 512])
    #expect(config.text == release.text && config.text.layers == 23)
    #expect(config.parametrisation == .epsilon)
    var expected = UNetConfig()
    expected.structureChannels = 256
    #expect(config.unet == expected)
  }

  @Test func readsThePredictionsKind() throws {
    let config = try JSONDecoder().decode(StableSRConfig.self, from: Data(#"{"parameterization": "v"}"#.utf8))
    #expect(config.parametrisation == .velocity)
    #expect(
      decodingMessage(StableSRConfig.self, #"{"parameterization": "x0"}"#)
        == "parameterization is 'x0'; known are eps and v")
  }

  @Test func refusesPartsThatDoNotGoTogether() {
    #expect(
      decodingMessage(StableSRConfig.self, #"{"structcond_stage_config": {"out_channels": 128}}"#)
        == "the encoder makes 4 maps of 128 channels; the U-Net looks at 4 of 256 (semb_channels)")
  }

  @Test(arguments: [
    (
      #"{"use_linear_in_transformer": false}"#,
      "use_linear_in_transformer is false; only U-Nets with it are built here"
    ),
    (
      #"{"channel_mult": [0]}"#,
      "model_channels 320, channel_mult [0] and num_head_channels 64 must be positive and at most 65536"
    ),
    (#"{"channel_mult": [1, 2], "norm_num_groups": 7}"#, "norm_num_groups 7 does not divide the width 320"),
  ])
  func refusesOtherUNets(json: String, words: String) {
    #expect(decodingMessage(LatentDiffusionUNetConfig.self, json) == words)
  }
}
