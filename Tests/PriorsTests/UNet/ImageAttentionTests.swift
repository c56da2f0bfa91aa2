import Checkpoints
import Foundation
import Priors
import Testing
import Torch

/// The second transformers of SeeSR and AddSR; their numbers are held by the oracles `seesr-unet` and `seesr-controlnet`.
struct ImageAttentionTests {
  private func config() throws -> UNetConfig {
    var config = try PriorsFixture("unet-sd2").config()
    config.imageCrossAttentionWidth = 10
    return config
  }

  private func tokens(_ config: UNetConfig, seed: UInt64, _ width: Int) throws -> Context {
    Context(try Draws(seed: seed).normal([1, 5, width]))
  }

  private func run(_ config: UNetConfig, image: UInt64?) throws -> Tensor {
    let network = try UNet2DCondition(ParameterLoader(try RandomSource(seed: 2)).root, config)
    let conditioning = UNetConditioning(
      text: try tokens(config, seed: 3, config.crossAttentionWidth),
      image: try image.map { try tokens(config, seed: $0, 10) })
    return try withoutGradient { () throws in
      try network(
        Draws(seed: 4).normal([1, 4, 8, 8]), timestep_B: Tensor([Float(400)]), conditioning: conditioning)
    }
  }

  @Test func imageTokensSteerTheResult() throws {
    let config = try config()
    let first = try run(config, image: 5)
    #expect(try floats(run(config, image: 5)) == floats(first))
    #expect(try relativeError(run(config, image: 6), first) > 1e-3)
  }

  @Test func anUNetWithoutImageTokensSaysSo() throws {
    let error = #expect(throws: TorchError.self) { try run(config(), image: nil) }
    #expect(
      error?.message == "a U-Net with image transformers was given no image tokens; pass those of the tagger")
  }

  @Test func aControlNetWithoutImageTokensSaysSo() throws {
    let config = try config()
    let network = try ControlNet(ParameterLoader(try RandomSource(seed: 2)).root, config)
    let error = #expect(throws: TorchError.self) {
      try network(
        Draws().normal([1, 4, 8, 8]), timestep_B: Tensor([Float(400)]),
        condition: network.embed(Draws().normal([1, 3, 64, 64])),
        context: tokens(config, seed: 3, config.crossAttentionWidth))
    }
    #expect(error?.message.contains("was given no image tokens") == true)
  }

  /// One image transformer for each one over the text, with the same keys but for the width of the tokens.
  @Test func everyTextTransformerHasAnImageTransformer() throws {
    var config = UNetConfig()
    config.imageCrossAttentionWidth = 512
    let recorder = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(recorder).root, config)
    let image = recorder.shapes.filter { $0.key.contains(".image_attentions.") }
    #expect(image.count == 416)
    #expect(image.values.reduce(0) { $0 + $1.reduce(1, *) } == 260_849_600)
    for (key, shape) in image {
      let text = recorder.shapes[key.replacingOccurrences(of: ".image_attentions.", with: ".attentions.")]
      let isOverTokens = key.hasSuffix("attn2.to_k.weight") || key.hasSuffix("attn2.to_v.weight")
      #expect(text == (isOverTokens ? [shape[0], 1024] : shape), "\(key)")
    }
  }

  private func width(_ fields: String) throws -> Int? {
    try JSONDecoder().decode(UNetConfig.self, from: Data("{\(fields)}".utf8)).imageCrossAttentionWidth
  }

  @Test func theConfigurationSaysHowWideImageTokensAre() throws {
    let heads = #""attention_head_dim": [5, 10, 20, 20]"#
    #expect(try width(heads) == nil)
    #expect(try width(heads + #", "use_image_cross_attention": true"#) == 512)
    #expect(try width(heads + #", "use_image_cross_attention": false"#) == nil)
    #expect(try width(heads + #", "image_cross_attention_dim": 24"#) == 24)
    #expect(
      try width(heads + #", "image_cross_attention_dim": 24, "use_image_cross_attention": true"#) == 24)
    #expect(
      try width(heads + #", "image_cross_attention_dim": 24, "use_image_cross_attention": false"#) == nil)
  }

  @Test func aWidthOutOfRangeIsRefused() {
    do {
      _ = try width(#""attention_head_dim": [5, 10, 20, 20], "image_cross_attention_dim": 0"#)
      Issue.record("took image tokens without width")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(
        context.debugDescription == "sizes must be positive and at most 65536; image_cross_attention_dim is 0")
    } catch {
      Issue.record(error)
    }
  }
}
