import Checkpoints
import Foundation
import Priors
import Testing
import Torch

/// StableSR's structure layers; their numbers are held by the oracle `stablesr-unet`.
struct StructureTests {
  private func config() throws -> UNetConfig {
    var config = try PriorsFixture("unet-sd2").config()
    config.structureChannels = 6
    config.structureHidden = 5
    return config
  }

  private func run(_ config: UNetConfig, structure: [Tensor]?) throws -> Tensor {
    let network = try UNet2DCondition(ParameterLoader(try RandomSource(seed: 2)).root, config)
    let conditioning = UNetConditioning(
      text: Context(try Draws(seed: 3).normal([1, 5, config.crossAttentionWidth])), structure: structure)
    return try withoutGradient { () throws in
      try network(Draws(seed: 4).normal([1, 4, 8, 8]), timestep_B: Tensor([Float(400)]), conditioning: conditioning)
    }
  }

  private func structure(_ config: UNetConfig) throws -> [Tensor] {
    try config.blockOutChannels.indices.map { level in
      try Draws(seed: UInt64(10 + level)).normal([1, 6, 8 >> level, 8 >> level])
    }
  }

  @Test func everyLevelSteersTheResult() throws {
    let config = try config()
    let maps = try structure(config)
    let first = try run(config, structure: maps)
    #expect(try floats(run(config, structure: maps)) == floats(first))
    for level in maps.indices {
      var other = maps
      other[level] = try maps[level] * -1
      #expect(try relativeError(run(config, structure: other), first) > 1e-4, "level \(level)")
    }
  }

  @Test func withoutStructureItSaysSo() throws {
    let config = try config()
    let error = #expect(throws: TorchError.self) { try run(config, structure: nil) }
    #expect(
      error?.message
        == "a U-Net with structure layers was given no structure features; pass those of the time-aware encoder")
    let tooFew = #expect(throws: TorchError.self) { try run(config, structure: Array(structure(config).prefix(1))) }
    #expect(tooFew?.message == "a U-Net's level 1 was given no structure features: there are 1 maps")
  }

  @Test func everyResidualBlockHasStructureLayers() throws {
    var config = UNetConfig()
    config.structureChannels = 256
    let recorder = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(recorder).root, config)
    let layers = recorder.shapes.filter { $0.key.contains(".spade.") }
    #expect(layers.count == 176)
    #expect(layers.values.reduce(0) { $0 + $1.reduce(1, *) } == 53_020_160)
    #expect(recorder.shapes["down_blocks.0.resnets.0.spade.mlp_shared.0.weight"] == [128, 256, 3, 3])
    #expect(recorder.shapes["mid_block.resnets.1.spade.mlp_beta.weight"] == [1280, 128, 3, 3])
    #expect(recorder.shapes["up_blocks.3.resnets.2.spade.param_free_norm.bias"] == [320])
  }

  @Test func theConfigurationSaysHowWideStructureFeaturesAre() throws {
    func read(_ fields: String) throws -> UNetConfig {
      try JSONDecoder().decode(
        UNetConfig.self, from: Data(#"{"attention_head_dim": [5, 10, 20, 20]\#(fields)}"#.utf8))
    }
    #expect(try read("").structureModulation == nil)
    #expect(try read(#", "semb_channels": 24"#).structureModulation == .init(channels: 24, hidden: 128))
    #expect(
      try read(#", "semb_channels": 24, "spade_hidden": 16"#).structureModulation == .init(channels: 24, hidden: 16))
    let error = #expect(throws: DecodingError.self) { try read(#", "semb_channels": 0"#) }
    guard case .dataCorrupted(let context)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(context.debugDescription == "sizes must be positive and at most 65536; semb_channels is 0")
  }
}
