import Checkpoints
import Priors
import Testing
import Torch

@testable import Restorers

/// Stable Diffusion 3's files under their authors' names, both ways, against the published layouts.
struct SD3LayoutTests {
  private static func published(_ transformer: String = "sd3-medium-transformer") throws -> [String: Tensor] {
    let layout = try PublishedLayout(transformer)
    return try OriginalLayout.sd3(
      transformer: layout.tensors(), autoencoder: PublishedLayout("sd3-medium-vae").tensors(),
      texts: [
        ("clip_l", PublishedLayout("sd3-text-encoder").tensors()),
        // The same network as SDXL's larger encoder.
        ("clip_g", PublishedLayout("sdxl-text-encoder-2").tensors()),
        ("t5xxl", PublishedLayout("sd3-text-encoder-3").tensors()),
      ], transformerConfig: layout.config(SD3TransformerConfig.self), autoencoderConfig: .sd3)
  }

  @Test(arguments: ["sd3-medium-transformer", "sd35-medium-transformer", "sd35-large-transformer"])
  func sizesAreReadFromTheFile(_ name: String) throws {
    let file = try SD3SingleFile(LayoutFile(tensors: try Self.published(name)))
    let config = try SD3TransformerConfig(original: { file.transformer.shape(of: $0) }, name: name)
    #expect(try config == PublishedLayout(name).config(SD3TransformerConfig.self))
  }

  @Test(arguments: [
    ("sd3-medium-transformer", 683, 2_084_951_104), ("sd35-medium-transformer", 909, 2_469_663_936),
  ])
  func everyKeyOfTheTransformerIsRead(name: String, tensors: Int, parameters: Int) throws {
    let file = try SD3SingleFile(LayoutFile(tensors: try Self.published(name)))
    let layout = try PublishedLayout(name)
    let config = try layout.config(SD3TransformerConfig.self)
    let source = SD3SingleFile.reading(config)(file.transformer)
    #expect(source.keys == Set(layout.shapes.keys))
    #expect(source.keys.count == tensors)
    let network = try DeferredNetwork(
      file.transformer, component: "a transformer", dtype: .bfloat16, device: .cpu,
      reading: SD3SingleFile.reading(config)
    ) { try SD3Transformer($0, config) }
    #expect(network.parameterCount == parameters)
  }

  @Test func theOtherNetworksAreBuiltOfTheFile() throws {
    let file = try SD3SingleFile(LayoutFile(tensors: try Self.published()))
    let keys = AutoencoderKLConfig.sd3.latentDiffusionKeys
    let autoencoder = try DeferredNetwork(
      file.autoencoder, component: "an autoencoder", dtype: .bfloat16, device: .cpu, reading: { keys.reading($0) }
    ) { try AutoencoderKL($0, .sd3) }
    #expect(autoencoder.parameterCount == 83_819_683)
    // The file's projection of CLIP-L is passed over: the pooled text is not projected.
    let small = try DeferredNetwork(
      try #require(file.textEncoder), component: "CLIP-L", dtype: .bfloat16, device: .cpu,
      reading: SD3SingleFile.withoutProjection
    ) { try CLIPTextModel($0, .clipL) }
    #expect(small.parameterCount == 123_060_480)
    let large = try DeferredNetwork(
      try #require(file.textEncoder2), component: "bigG", dtype: .bfloat16, device: .cpu
    ) { try CLIPTextModel($0, .openCLIPBigG) }
    #expect(large.parameterCount == 694_659_840)
    let t5 = try DeferredNetwork(
      try #require(file.textEncoder3), component: "T5", dtype: .bfloat16, device: .cpu
    ) { try T5Encoder($0, T5EncoderConfig()) }
    #expect(t5.parameterCount == 4_762_310_656)
  }

  /// Names of the published file, by hand.
  @Test(arguments: [
    ("model.diffusion_model.joint_blocks.0.context_block.adaLN_modulation.1.bias", [9216]),
    ("model.diffusion_model.joint_blocks.23.x_block.attn.qkv.weight", [4608, 1536]),
    ("model.diffusion_model.pos_embed", [1, 36864, 1536]),
    ("model.diffusion_model.final_layer.linear.weight", [64, 1536]),
    ("first_stage_model.decoder.conv_in.weight", [512, 16, 3, 3]),
    ("text_encoders.clip_l.transformer.text_model.final_layer_norm.weight", [768]),
    ("text_encoders.clip_g.transformer.text_projection.weight", [1280, 1280]),
    ("text_encoders.t5xxl.transformer.encoder.block.3.layer.1.DenseReluDense.wi_1.weight", [10240, 4096]),
  ])
  func someKeysOfTheFile(key: String, shape: [Int]) throws { #expect(try Self.published()[key]?.shape == shape) }

  @Test func aFileWithoutTextEncodersHasNone() throws {
    let stored = try Self.published().filter { !$0.key.hasPrefix("text_encoders.") }
    let file = try SD3SingleFile(LayoutFile(tensors: stored))
    #expect(file.textEncoder == nil && file.textEncoder2 == nil && file.textEncoder3 == nil)
  }

  @Test func theSizesAreThoseOfThePublishedAutoencoder() throws {
    let published = try PublishedLayout("sd3-medium-vae").config(AutoencoderKLConfig.self)
    let known = AutoencoderKLConfig.sd3
    #expect(published.scalingFactor == known.scalingFactor && published.shiftFactor == known.shiftFactor)
    #expect(published.latentChannels == known.latentChannels && published.forceUpcast == known.forceUpcast)
    #expect(published.usesQuantConv == known.usesQuantConv && published.usesPostQuantConv == known.usesPostQuantConv)
  }

  @Test(arguments: [
    (
      ["model.diffusion_model.double_blocks.0.img_attn.proj.weight"],
      "joint_blocks.0.x_block.attn.qkv.weight'. Is it another model?"
    ),
    (
      ["model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"],
      "it holds no autoencoder (keys under 'first_stage_model.')"
    ),
  ])
  func anotherModelsFileIsToldFromIt(keys: [String], words: String) throws {
    let file = LayoutFile(tensors: Dictionary(uniqueKeysWithValues: try keys.map { ($0, try .zeros([1])) }))
    let error = #expect(throws: CheckpointError.self) { try SD3SingleFile(file) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
