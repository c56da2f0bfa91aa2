import Checkpoints
import Priors
import Testing
import Torch

@testable import Restorers

/// Stable Diffusion XL's file under its authors' names, both ways, against the published layouts.
struct SDXLLayoutTests {
  private static func published() throws -> [String: Tensor] {
    try OriginalLayout.sdxl(
      unet: PublishedLayout("sdxl-base-unet").tensors(), autoencoder: PublishedLayout("sdxl-base-vae").tensors(),
      textEncoder: PublishedLayout("sdxl-text-encoder").tensors(),
      textEncoder2: PublishedLayout("sdxl-text-encoder-2").tensors(), unetConfig: .sdxl, autoencoderConfig: .sdxl,
      textConfig2: .openCLIPBigG)
  }

  @Test func theSizesAreThoseOfThePublishedConfigurations() throws {
    #expect(try PublishedLayout("sdxl-base-unet").config(UNetConfig.self) == .sdxl)
    let autoencoder = try PublishedLayout("sdxl-base-vae").config(AutoencoderKLConfig.self)
    #expect(autoencoder.scalingFactor == AutoencoderKLConfig.sdxl.scalingFactor)
    #expect(autoencoder.forceUpcast && AutoencoderKLConfig.sdxl.forceUpcast)
    #expect(autoencoder.usesQuantConv && AutoencoderKLConfig.sdxl.usesQuantConv)
    for (name, known) in [("sdxl-text-encoder", CLIPTextConfig.clipL), ("sdxl-text-encoder-2", .openCLIPBigG)] {
      var config = try PublishedLayout(name).config(CLIPTextConfig.self)
      // The published number is wrong, and read as the place of the highest id, which is this one's.
      config.endID = known.endID
      #expect(config == known, "\(name)")
    }
  }

  @Test func everyKeyOfTheFileIsReadOnce() throws {
    let stored = try Self.published()
    let file = try SDXLSingleFile(LayoutFile(tensors: stored))
    var read = 0
    for (part, name, count) in [
      (file.unet, "sdxl-base-unet", 1680), (file.autoencoder, "sdxl-base-vae", 248),
      (file.textEncoder, "sdxl-text-encoder", 196), (file.textEncoder2, "sdxl-text-encoder-2", 517),
    ] {
      let layout = try PublishedLayout(name)
      let source = part.reading(part.checkpoint)
      #expect(layout.shapes.count == count)
      #expect(source.keys == Set(layout.shapes.keys), "\(name)")
      let loader = ParameterLoader(source)
      for (key, shape) in layout.shapes { _ = try loader.root.take(key, shape, .zeros) }
      let account = loader.finish()
      #expect(account.isClean, "\(account)")
      read += part.checkpoint.keys.count
    }
    #expect(read == stored.count)
  }

  /// Names of the published file, by hand.
  @Test(arguments: [
    ("model.diffusion_model.label_emb.0.0.weight", [1280, 2816]),
    ("model.diffusion_model.input_blocks.1.0.in_layers.2.weight", [320, 320, 3, 3]),
    ("model.diffusion_model.input_blocks.3.0.op.weight", [320, 320, 3, 3]),
    ("model.diffusion_model.input_blocks.4.0.skip_connection.weight", [640, 320, 1, 1]),
    ("model.diffusion_model.input_blocks.5.1.transformer_blocks.1.attn2.to_k.weight", [640, 2048]),
    ("model.diffusion_model.input_blocks.8.1.transformer_blocks.9.ff.net.0.proj.weight", [10240, 1280]),
    ("model.diffusion_model.middle_block.1.proj_in.weight", [1280, 1280]),
    ("model.diffusion_model.output_blocks.2.2.conv.weight", [1280, 1280, 3, 3]),
    ("model.diffusion_model.output_blocks.5.2.conv.bias", [640]),
    ("model.diffusion_model.output_blocks.8.0.in_layers.0.weight", [640]),
    ("model.diffusion_model.out.2.weight", [4, 320, 3, 3]),
    ("first_stage_model.decoder.up.0.block.0.nin_shortcut.weight", [128, 256, 1, 1]),
    ("first_stage_model.encoder.mid.attn_1.q.weight", [512, 512, 1, 1]),
    ("first_stage_model.post_quant_conv.bias", [4]),
    ("conditioner.embedders.0.transformer.text_model.encoder.layers.11.mlp.fc2.bias", [768]),
    ("conditioner.embedders.1.model.transformer.resblocks.9.mlp.c_proj.bias", [1280]),
    ("conditioner.embedders.1.model.transformer.resblocks.31.attn.in_proj_weight", [3840, 1280]),
    ("conditioner.embedders.1.model.text_projection", [1280, 1280]),
    ("conditioner.embedders.1.model.positional_embedding", [77, 1280]),
  ])
  func someKeysOfTheFile(key: String, shape: [Int]) throws { #expect(try Self.published()[key]?.shape == shape) }

  @Test func theNetworksAreBuiltOfTheFile() throws {
    let file = try SDXLSingleFile(LayoutFile(tensors: try Self.published()))
    func count<Network>(
      _ part: (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource),
      _ build: @escaping (ParameterPath) throws -> Network
    ) throws -> Int {
      try DeferredNetwork(
        part.checkpoint, component: "a part", dtype: .bfloat16, device: .cpu, reading: part.reading, build: build
      ).parameterCount
    }
    #expect(try count(file.unet) { try UNet2DCondition($0, .sdxl) } == 2_567_463_684)
    #expect(try count(file.autoencoder) { try AutoencoderKL($0, .sdxl) } == 83_653_863)
    #expect(try count(file.textEncoder) { try CLIPTextModel($0, .clipL) } == 123_060_480)
    #expect(try count(file.textEncoder2) { try CLIPTextModel($0, .openCLIPBigG) } == 694_659_840)
  }

  @Test func anotherModelsFileIsToldFromIt() throws {
    let sd2 = LayoutFile(tensors: ["model.diffusion_model.time_embed.0.weight": try .zeros([1])])
    let error = #expect(throws: CheckpointError.self) { try SDXLSingleFile(sd2) }
    #expect(
      error?.message == "Could not load layout as Stable Diffusion XL: it has no keys under "
        + "'conditioner.embedders.1.model.'. Is it another model, or a file of the U-Net alone?")
  }
}
