import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// The authors' single files answer what diffusers' folders answer.
struct SingleFileTests {
  private func sdxl(_ folder: TinyBaseFolder, tokenizers: Bool = true) throws -> SDXLBase {
    let config = try folder.sdxlConfig()
    let texts = try folder.texts()
    try folder.write(
      OriginalLayout.sdxl(
        unet: folder.weights("unet"), autoencoder: folder.weights("vae"), textEncoder: texts[0].weights,
        textEncoder2: texts[1].weights, unetConfig: config.unet, autoencoderConfig: config.autoencoder,
        textConfig2: config.textEncoder2), to: "single/sd_xl_base_1.0.safetensors")
    if tokenizers { try folder.writeTokenizers("single/") }
    return try SDXLBase(
      singleFile: folder.path("single/sd_xl_base_1.0.safetensors"),
      tokenizers: ModelFolder(folder.path("single"), model: "sdxl-adapter"), config, dtype: .float32, device: .cpu)
  }

  /// Weights that lie otherwise in memory may be summed in another order.
  private func expectSame(_ a: Tensor, _ b: Tensor) throws { #expect(try distance(a, b) < 1e-5) }

  @Test func sdxlsFileIsItsFolder() throws {
    let folder = try TinyBaseFolder(.sdxl)
    try folder.writeFolders("folders/")
    let base = try SDXLBase(ModelFolder(folder.path("folders"), model: "sdxl-adapter"), dtype: .float32, device: .cpu)
    let file = try sdxl(folder)
    for (one, other) in zip(try base.text.encode(["a dog", ""]), try file.text.encode(["a dog", ""])) {
      #expect(one.text_BLD.shape == [1, 77, 20] && one.pooled_BD.shape == [1, 12])
      try expectSame(one.text_BLD, other.text_BLD)
      try expectSame(one.pooled_BD, other.pooled_BD)
    }
    let noise = try Tensor.randn([1, 4, 8, 8], generator: Generator(seed: 1))
    let text = try base.text.encode(["a dog"])[0]
    func predict(_ model: SDXLBase) throws -> Tensor {
      try SDXLPrior(model.unet.load()).predict(
        noise, at: NoiseLevel(timestep: 500, signal: 1, noise: 1),
        SDXLConditioning(text_BLD: text.text_BLD, pooledText_BD: text.pooled_BD, sizes: .square(64)),
        in: Tile(top: 0, left: 0, height: 8, width: 8))
    }
    try expectSame(predict(base), predict(file))
    try expectSame(
      LatentCodec(base.autoencoder.load()).decode(noise), LatentCodec(file.autoencoder.load()).decode(noise))
  }

  /// One vocabulary serves both encoders of SDXL, with the padding of each.
  @Test func oneVocabularyServesBothEncoders() throws {
    let folder = try TinyBaseFolder(.sdxl)
    let both = try sdxl(folder)
    let expected = try both.text.encode(["a dog"])[0]
    try folder.remove("single/tokenizer_2")
    let alone = try SDXLBase(
      singleFile: folder.path("single/sd_xl_base_1.0.safetensors"),
      tokenizers: ModelFolder(folder.path("single"), model: "sdxl-adapter"), folder.sdxlConfig(), dtype: .float32,
      device: .cpu)
    // "!" is 0 in the tiny vocabulary as in the published one.
    try expectSame(alone.text.encode(["a dog"])[0].text_BLD, expected.text_BLD)
  }

  @Test func wordsNeedAVocabulary() throws {
    let folder = try TinyBaseFolder(.sdxl)
    let file = try sdxl(folder, tokenizers: false)
    let error = #expect(throws: CheckpointError.self) { try file.text.encode(["a dog"]) }
    #expect(error?.message.contains("its part 'tokenizer' (Stable Diffusion XL: vocab.json and merges.txt)") == true)
  }

  /// The empty text of the published vocabulary: start, end, padding.
  @Test func noWordsNeedNone() throws {
    let tokenizer = PromptTokenizer(folder: ModelFolder("/nowhere", model: "m"), part: SDXLParts.tokenizer)
    #expect(try tokenizer.clipIDs(of: [""], padID: nil)[0].integers() == [49406] + Array(repeating: 49407, count: 76))
    #expect(
      try tokenizer.clipIDs(of: [" "], padID: 0)[0].integers() == [49406, 49407] + Array(repeating: 0, count: 75))
    #expect(try tokenizer.t5IDs(of: [""], length: 4)[0].integers() == [1, 0, 0, 0])
    #expect(throws: CheckpointError.self) { try tokenizer.t5IDs(of: ["", "a"], length: 4) }
  }

  private func sd3(_ folder: TinyBaseFolder, texts inside: Bool) throws -> SD3Base {
    let config = try folder.sd3Config()
    let names = ["clip_l", "clip_g", "t5xxl"]
    // A projection of CLIP-L that stands in a file is passed over.
    let texts = try zip(names, folder.texts()).map { ($0, $1.weights) }
    try folder.write(
      OriginalLayout.sd3(
        transformer: folder.weights("transformer"), autoencoder: folder.weights("vae"), texts: inside ? texts : [],
        transformerConfig: config.transformer, autoencoderConfig: config.autoencoder),
      to: "single/sd3_medium.safetensors")
    if !inside {
      for (name, weights) in texts { try folder.write(weights, to: "single/text_encoders/\(name).safetensors") }
    }
    try folder.writeTokenizers("single/")
    return try SD3Base(
      singleFile: folder.path("single/sd3_medium.safetensors"),
      beside: ModelFolder(folder.path("single"), model: "sd3-adapter"), config,
      SD3Base.Request(dtype: .float32, device: .cpu))
  }

  @Test(arguments: [true, false])
  func sd3sFileIsItsFolder(textsInside: Bool) throws {
    let folder = try TinyBaseFolder(.sd3)
    try folder.writeFolders("folders/")
    // The folder's CLIP-L has a projection; the published one is the identity, and files have none.
    var small = try folder.texts()[0].weights
    small["text_projection.weight"] = try .identity(8)
    try folder.write(small, to: "folders/text_encoder/model.safetensors")
    let base = try SD3Base(
      ModelFolder(folder.path("folders"), model: "sd3-adapter"), SD3Base.Request(dtype: .float32, device: .cpu))
    let file = try sd3(folder, texts: textsInside)
    let (one, other) = (try base.text.encode(["a dog"])[0], try file.text.encode(["a dog"])[0])
    #expect(one.text_BTE.shape == [1, 77 + 256, 40] && one.pooled_BP.shape == [1, 24])
    try expectSame(one.text_BTE, other.text_BTE)
    try expectSame(one.pooled_BP, other.pooled_BP)
    let noise = try Tensor.randn([1, 16, 8, 8], generator: Generator(seed: 1))
    func predict(_ model: SD3Base) throws -> Tensor {
      let prior = SD3Prior(try model.transformer.load())
      return try prior.predict(
        noise, at: NoiseLevel(timestep: 500, signal: 0.5, noise: 0.5),
        prior.transformer.prompt(text_BTE: one.text_BTE, pooled_BP: one.pooled_BP),
        in: Tile(top: 0, left: 0, height: 8, width: 8))
    }
    try expectSame(predict(base), predict(file))
    try expectSame(
      LatentCodec(base.autoencoder.load()).decode(noise), LatentCodec(file.autoencoder.load()).decode(noise))
  }

  @Test func theSequenceOfSD3IsPutTogetherAsPublished() throws {
    let (small, large) = (try Tensor.ones([1, 77, 3]), try Tensor.ones([1, 77, 4]) * 2)
    let t5 = try Tensor.ones([1, 256, 9]) * 3
    let whole = try SD3TextEncoders.assembled(clip: [small, large], t5_BLD: t5, width: 9)
    #expect(whole.shape == [1, 333, 9])
    #expect(try whole.selected(1, 76).floats() == [1, 1, 1, 2, 2, 2, 2, 0, 0])
    #expect(try whole.selected(1, 77).floats() == Array(repeating: 3, count: 9))
    let without = try SD3TextEncoders.assembled(clip: [small, large], t5_BLD: nil, width: 9)
    #expect(without.shape == [1, 333, 9])
    #expect(try without.narrowed(1, from: 77, length: 256).abs().maximum().item() == 0)
    let error = #expect(throws: RestorationError.self) {
      try SD3TextEncoders.assembled(clip: [small, large], t5_BLD: nil, width: 6)
    }
    #expect(error?.message.contains("text encoders of widths [3, 4]") == true)
  }
}
