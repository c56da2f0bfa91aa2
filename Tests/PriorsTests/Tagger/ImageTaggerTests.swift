import Checkpoints
import Priors
import Testing
import Torch

/// Tiny taggers against the authors' own: the recorded numbers of each part are `parity`'s to check.
struct ImageTaggerTests {
  @Test(arguments: ["ram-swin", "dape"])
  func namesTheTagsOfTheReference(_ name: String) throws {
    let tiny = try TinyTagger(name)
    let tagger = try tiny.load()
    let tokens_BLD = try tagger.encoder.tokens(features_BLC: tagger.encoder.features(tiny.input("image")))
    #expect(tokens_BLD.shape == [1, tiny.config.tokenCount, tiny.config.imageEmbedWidth])
    let tags = try tagger.tags(tokens_BLD, from: tiny.list())
    // RAM itself puts bars between tags, SeeSR commas.
    let separator = name == "dape" ? TagList.separator : " | "
    #expect(try tags.map { $0.joined(separator: separator) } == [tiny.argument("tags")])
  }

  /// DAPE's tokens are not RAM's: its changes are what the recorded ones hold.
  @Test func withoutItsLoRADAPEIsRAM() throws {
    let tiny = try TinyTagger("dape")
    let expected = try tiny.output("image_embeds")
    let image = try tiny.input("image")
    func tokens(_ tagger: ImageTagger) throws -> Tensor {
      try tagger.encoder.tokens(features_BLC: tagger.encoder.features(image))
    }
    #expect(try isClose(tokens(tiny.load()), expected, 1e-5))
    #expect(try !isClose(tokens(tiny.load(lora: [:])), expected, 1e-2))
  }

  /// As a training computes it: beside the weights, with gradients for the LoRA.
  @Test func aLoRABesideTheWeightsIsTheMergedOne() throws {
    let tiny = try TinyTagger("dape")
    let lora = try tiny.lora().mapValues { try $0.cloned().requiresGradient(true) }
    let base = try ImageTagger.source(ram: ParameterDictionary(tiny.ram()), lora: nil, config: tiny.config)
    let tagger = try ImageTagger.adapting(base, ParameterDictionary(lora), config: tiny.config)
    let tokens = try tagger.encoder.tokens(features_BLC: tagger.encoder.features(tiny.input("image")))
    #expect(try isClose(tokens, tiny.output("image_embeds"), 1e-5))
    let logits = try tagger.decoder.logits(tokens)
    #expect(try isClose(logits, tiny.output("logits"), 1e-5))
    let names = lora.keys.sorted()
    let found = try gradients(of: [logits.sum()], withRespectTo: names.compactMap { lora[$0] })
    for (name, gradient) in zip(names, found) { #expect(gradient != nil, "\(name)") }
    let new = try ImageTagger.newLoRA(tiny.config, seed: 1)
    #expect(new.mapValues(\.shape) == lora.mapValues(\.shape))
  }

  /// The last stage's map, normalised, is what the tower answers behind the mean.
  @Test func stagesLeaveTheirMaps() throws {
    let tiny = try TinyTagger("dape")
    let picture = try Tensor.rand([1, 3, 40, 30], generator: Generator(seed: 3))
    let encoder = try tiny.load(lora: [:]).encoder
    let maps = try encoder.stageMaps(of: picture, resampling: .bilinear)
    let config = tiny.config
    #expect(
      maps.map(\.shape)
        == config.depths.indices.map { stage in
          let side = (config.imageSide / config.patchSize) >> stage
          return [1, config.embedWidth << stage, side, side]
        })
    let features = try encoder.features(
      TaggerPicture.normalised(picture, side: encoder.imageSide, resampling: .bilinear))
    let ram = try tiny.ram()
    let last = try #require(maps.last).flattened(from: 2).transposed(1, 2)
    let normalised = try last.layerNorm(
      config.visionWidth, weight: ram["visual_encoder.norm.weight"], bias: ram["visual_encoder.norm.bias"],
      epsilon: 1e-5)
    #expect(try isClose(normalised, features.narrowed(1, from: 1, length: features.size(1) - 1), 1e-5))
  }

  @Test(arguments: ["ram-swin", "dape"])
  func bfloat16StaysNearFloat32(_ name: String) throws {
    let tiny = try TinyTagger(name)
    let tagger = try tiny.load(dtype: .bfloat16)
    let features = try withoutGradient { try tagger.encoder.features(tiny.input("image")) }
    let tokens = try withoutGradient { try tagger.encoder.tokens(features_BLC: features) }
    let logits = try withoutGradient { try tagger.decoder.logits(tokens) }
    #expect(features.dtype == .bfloat16 && tokens.dtype == .bfloat16 && logits.dtype == .float32)
    for (found, output) in [(features, "visual_features"), (tokens, "image_embeds"), (logits, "logits")] {
      let expected = try tiny.output(output)
      let error = try (found.to(.float32) - expected).norm().item() / expected.norm().item()
      // bfloat16 keeps 8 bits: measured 0.007 to 0.016, and 0.009 at the published depth with random weights.
      #expect(error < 0.02, "\(output): \(error)")
    }
  }

  /// What self-refinement shows the tagger, and the tokens that come of it.
  @Test(arguments: 1...3)
  func seesWhatAddSRShowsIt(step: Int) throws {
    let tiny = try TinyTagger.ofAddSR()
    let picture = try tiny.output("step.\(step).controlnet_cond")
    let shown = try TaggerPicture.normalised(picture, side: tiny.config.imageSide, resampling: .bicubic)
    #expect(shown.shape == [1, 3, 384, 384])
    let expected = try tiny.output("step.\(step).ram_image_every_24th")
    #expect(try isClose(shown.sliced(2, step: 24).sliced(3, step: 24), expected, 1e-6))
    // The other resampling is another picture.
    let other = try TaggerPicture.normalised(picture, side: tiny.config.imageSide, resampling: .bilinear)
    #expect(try !isClose(other.sliced(2, step: 24).sliced(3, step: 24), expected, 1e-3))

    let tokens = try tiny.load().encoder.tokens(of: picture, resampling: .bicubic)
    #expect(try isClose(tokens, tiny.output("step.\(step).image_encoder_hidden_states"), 1e-4))
  }

  @Test(arguments: [true, false])
  func picturesDoNotMix(recordingGradients: Bool) throws {
    let tiny = try TinyTagger("dape")
    let tagger = try tiny.load()
    let image = try tiny.input("image")
    let pictures = [image, try image.flipped([3]), try image * 0.5]
    func logits(_ images: Tensor) throws -> Tensor {
      try tagger.decoder.logits(tagger.encoder.tokens(features_BLC: tagger.encoder.features(images)))
    }
    func check() throws {
      let together = try logits(.concatenated(pictures, axis: 0))
      for (row, picture) in pictures.enumerated() {
        #expect(try isClose(logits(picture), together.narrowed(0, from: row, length: 1), 1e-5))
      }
      #expect(try !isClose(logits(pictures[0]), logits(pictures[1]), 1e-3))
    }
    if recordingGradients { try withGradient(check) } else { try withoutGradient(check) }
  }

  /// What was computed at load is not changed by use.
  @Test func answersTheSameAgain() throws {
    let tiny = try TinyTagger("dape")
    let tagger = try tiny.load()
    try withoutGradient { () throws in
      func answer() throws -> [Float] {
        try floats(
          tagger.decoder.logits(tagger.encoder.tokens(features_BLC: tagger.encoder.features(tiny.input("image")))))
      }
      #expect(try answer() == answer())
    }
  }

  @Test func aListOfAnotherTaggerIsRefused() throws {
    let tiny = try TinyTagger("dape")
    let tagger = try tiny.load()
    let error = #expect(throws: CheckpointError.self) {
      try tagger.tags(tiny.output("image_embeds"), from: TagList(names: ["a"], thresholds: [0.5]))
    }
    #expect(
      error?.message
        == "tagging a picture: the list names 1 tags, the tagger knows 7. Take ram_tag_list.txt and "
        + "ram_tag_list_threshold.txt from where the tagger's weights came from")
  }

  /// NaN is above no threshold: it would pass as a picture that shows nothing.
  @Test func scoresThatAreNoNumbersAreRefused() throws {
    let tiny = try TinyTagger("dape")
    let tagger = try tiny.load()
    let error = #expect(throws: TorchError.self) {
      try tagger.tags(tiny.output("image_embeds") * Double.nan, from: tiny.list())
    }
    #expect(
      error?.message
        == "tagging a picture: scores are no numbers, so the type overflowed; run the tagger in float32")
  }

  @Test(arguments: [[1, 3, 32, 36], [1, 1, 32, 32], [3, 32, 32]])
  func picturesOfAnotherSizeAreRefused(shape: [Int]) throws {
    let tagger = try TinyTagger("dape").load()
    let error = #expect(throws: TorchError.self) { try tagger.encoder.features(.zeros(shape)) }
    #expect(
      error?.message
        == "the tagger's tower was given \(shape); it takes [B, 3, 32, 32], as TaggerPicture makes them")
  }
}
