import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

struct RestorationAdapterTests {
  private func isClose(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5) throws -> Bool {
    try Difference(a, b, absolute: tolerance, relative: tolerance).isClose
  }

  @Test(arguments: TinyPrior.Kind.allCases, RestorationAdapterConfig.BlockKind.allCases)
  func newAdaptersLeaveThePriorToTheBit(_ kind: TinyPrior.Kind, _ block: RestorationAdapterConfig.BlockKind) throws {
    for isStabilised in [false, true] {
      let tiny = try TinyAdapter(kind, isTrained: false) {
        ($0.blockKind, $0.isStabilised, $0.bottleneckWidth) = (block, isStabilised, 8)
      }
      let plain = try tiny.plain().floats()
      #expect(try tiny.answer().floats() == plain)
      #expect(try tiny.answer(isBeside: true).floats() == plain)
      #expect(
        try withoutGradient { () throws in
          try tiny.answer(isBeside: true).floats() == tiny.plain().floats()
        })
    }
  }

  @Test(arguments: TinyPrior.Kind.allCases)
  func withoutScaleAndStrengthThePriorAnswersToTheBit(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind)
    let plain = try tiny.plain().floats()
    #expect(try tiny.answer(scale: 0, strength: 0).floats() == plain)
    let answers = [
      plain, try tiny.answer(scale: 0).floats(), try tiny.answer(strength: 0).floats(),
      try tiny.answer(scale: 0.5).floats(), try tiny.answer(strength: 0.5).floats(), try tiny.answer().floats(),
    ]
    #expect(Set(answers).count == answers.count)
  }

  @Test(arguments: TinyPrior.Kind.allCases)
  func mergedAndBesideAnswerTheSame(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind)
    #expect(try isClose(tiny.answer(isBeside: true), tiny.answer()))
    #expect(try !isClose(tiny.answer(isBeside: true), tiny.answer(strength: 0)))
  }

  @Test(arguments: TinyPrior.Kind.allCases)
  func everySettingTakesEffect(_ kind: TinyPrior.Kind) throws {
    var answers = [try TinyAdapter(kind).answer().floats()]
    answers.append(try TinyAdapter(kind) { $0.isStabilised = true }.answer().floats())
    answers.append(try TinyAdapter(kind) { $0.embeddingOrder = .activationFirst }.answer().floats())
    answers.append(try TinyAdapter(kind) { $0.sites.removeLast() }.answer().floats())
    answers.append(try TinyAdapter(kind) { $0.lowRank.alpha = 5 }.answer().floats())
    answers.append(try TinyAdapter(kind) { $0.blockKind = .t2i }.answer().floats())
    #expect(Set(answers).count == answers.count)
  }

  /// Norms and factors have no parameters: a checkpoint serves with and without.
  @Test func stabilisingChangesNoKeys() throws {
    let tiny = try TinyAdapter(.unet)
    var config = tiny.config
    config.isStabilised = true
    #expect(try config.layout(for: tiny.prior.backbone) == tiny.config.layout(for: tiny.prior.backbone))
  }

  /// What the sites hand on is the picture's: with the first one's projection gone, the later ones see another picture.
  @Test(arguments: TinyPrior.Kind.allCases)
  func theLowQualityPictureReachesEverySite(_ kind: TinyPrior.Kind) throws {
    var tiny = try TinyAdapter(kind)
    let sites = tiny.config.sites.map(\.description)
    // Only the last site answers; the picture comes to it through those before.
    for site in sites.dropLast() {
      for end in ["weight", "bias"] {
        tiny.parameters["ra.\(site).out.\(end)"] = try tiny.parameters["ra.\(site).out.\(end)"]?.zerosLike()
      }
    }
    let seen = try tiny.answer().floats()
    let adapter = try tiny.adapter()
    let network = try tiny.prior.network(adapter.merged(into: tiny.prior.source))
    let other = try TinyPrior.random(tiny.low_BCHW.shape, seed: 8)
    #expect(try network(tiny.noisy_BCHW, adapter.looking(at: other)).floats() != seen)
  }

  /// The picture's chain begins anew with every pass.
  @Test(arguments: TinyPrior.Kind.allCases)
  func aGuideServesManyPasses(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind)
    let adapter = try tiny.adapter()
    let network = try tiny.prior.network()
    let guide = adapter.looking(at: tiny.low_BCHW)
    let first = try network(tiny.noisy_BCHW, guide).floats()
    #expect(try network(tiny.noisy_BCHW, guide).floats() == first)
  }

  /// Two prompts, one picture: each row of the noisy latent sees it as if it were alone.
  @Test(arguments: TinyPrior.Kind.allCases)
  func onePictureServesAllRows(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind)
    let adapter = try tiny.adapter()
    let network = try tiny.prior.network()
    let pair = try network(tiny.noisy_BCHW, adapter.looking(at: tiny.low_BCHW))
    let both = try Tensor.concatenated([tiny.low_BCHW, tiny.low_BCHW], axis: 0)
    #expect(try isClose(network(tiny.noisy_BCHW, adapter.looking(at: both)), pair, 1e-6))
  }

  /// Sides that halve unevenly, as a U-Net allows them.
  @Test func oddSidesAreFitted() throws {
    let tiny = try TinyAdapter(.unet)
    let adapter = try tiny.adapter()
    let (noisy, low) = (try TinyPrior.random([1, 4, 7, 9], seed: 1), try TinyPrior.random([1, 4, 7, 9], seed: 2))
    let found = try tiny.prior.network()(noisy, adapter.looking(at: low))
    #expect(found.shape == noisy.shape)
    #expect(try found.isFinite().all().item() == 1)
  }

  @Test func theWayUpDoublesThePicturesFeatures() throws {
    let tiny = try TinyAdapter(.unet) {
      ($0.sites, $0.blockKind) = ([.down(0), .middle, .up(0), .up(1)], .t2i)
    }
    #expect(try tiny.answer().floats() != tiny.answer(scale: 0).floats())
    let layout = try tiny.config.layout(for: tiny.prior.backbone)
    // The way up of this prior ends in its finest width.
    #expect(layout["ra.u0.lq_proj.weight"] == [16, 16] && layout["ra.u1.lq_proj.weight"] == [8, 16])
  }

  @Test func tokensAreTakenFromPatchesChannelByChannel() throws {
    // A projection that reads number 4 c + 2 y + x of a patch, and adapters that hand it straight to the features.
    let tiny = try TinyAdapter(.transformer) { $0.sites = [.block(0)] }
    var parameters = try tiny.parameters.mapValues { try $0.zerosLike() }
    let (channel, row, column) = (2, 1, 0)
    var projection = [Float](repeating: 0, count: 16 * 16)
    projection[4 * channel + 2 * row + column] = 1
    parameters["ra.b0.lq_proj.weight"] = try Tensor(projection, [16, 16])
    parameters["ra.b0.out.weight"] = try .identity(16)
    let adapter = try RestorationAdapter.load(ParameterDictionary(parameters), tiny.config, for: tiny.prior.backbone)
    let low = tiny.low_BCHW
    let change = try adapter.looking(at: low).begin(embedding_BD: .zeros([1, 16]))
    let found = try change(.zeros([1, 24, 16]), .block(0))
    let expected = try low.selected(1, channel).sliced(1, from: row, step: 2).sliced(2, from: column, step: 2)
    #expect(try found.selected(2, 0).floats() == expected.flattened().floats())
    #expect(try found.narrowed(2, from: 1, length: 15).abs().maximum().item() == 0)
  }

  @Test(arguments: TinyPrior.Kind.allCases)
  func bfloat16StaysNearFloat32(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind)
    let adapter = try tiny.adapter(dtype: .bfloat16)
    let network = try tiny.prior.network(adapter.merged(into: tiny.prior.source), dtype: .bfloat16)
    let found = try withoutGradient { () throws in
      try network(tiny.noisy_BCHW, adapter.looking(at: tiny.low_BCHW))
    }
    #expect(found.dtype == .bfloat16)
    let expected = try tiny.answer()
    #expect(try (found.to(.float32) - expected).norm().item() / expected.norm().item() < 0.05)
    // Adapters may stay in float32 over a prior in bfloat16, as in training.
    let mixed = try tiny.prior.network(dtype: .bfloat16)(
      tiny.noisy_BCHW, tiny.adapter().looking(at: tiny.low_BCHW))
    #expect(mixed.dtype == .bfloat16)
  }

  @Test(
    arguments: [
      (TinyPrior.Kind.unet, [1, 3, 8, 12], "2 noisy ones: it has 4 channels, sides that are multiples of 1"),
      (.unet, [3, 4, 8, 12], "shape [3, 4, 8, 12] beside 2 noisy ones"),
      (
        .transformer, [1, 4, 7, 12],
        "4 channels, sides that are multiples of 2, and a number of rows that divides theirs"
      ),
    ])
  func latentsOfAnotherFormAreRefused(_ kind: TinyPrior.Kind, _ shape: [Int], _ words: String) throws {
    let tiny = try TinyAdapter(kind)
    let error = #expect(throws: TorchError.self) {
      try tiny.prior.network()(tiny.noisy_BCHW, tiny.adapter().looking(at: .ones(shape)))
    }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    (TinyPrior.Kind.unet, "features of shape [2, 8, 8, 12] at 'd0' do not go with a low-quality latent of 8×8"),
    (.transformer, "features of shape [2, 24, 16] at 'b0' do not go with a low-quality latent of 8×8"),
  ])
  func latentsOfAnotherSizeAreRefused(_ kind: TinyPrior.Kind, _ words: String) throws {
    let tiny = try TinyAdapter(kind)
    let error = #expect(throws: TorchError.self) {
      try tiny.prior.network()(tiny.noisy_BCHW, tiny.adapter().looking(at: .ones([1, 4, 8, 8])))
    }
    #expect(error?.message == words + ": it must have the size of the noisy one")
  }

  @Test func parametersThatAreMissingOrTooManyAreNamed() throws {
    var tiny = try TinyAdapter(.unet)
    tiny.parameters["ra.mid.out.bias"] = nil
    tiny.parameters["ra.u0.out.bias"] = try .ones([16])
    let error = #expect(throws: CheckpointError.self) { try tiny.adapter() }
    #expect(
      error?.message
        == "loading restoration adapters for 'unet-8-16-12' from parameters in memory: missing: ra.mid.out.bias; "
        + "unexpected: ra.u0.out.bias. Is this the checkpoint of another model, or an incomplete one?")
    tiny = try TinyAdapter(.unet)
    let key = try #require(tiny.parameters.keys.filter { $0.contains("lora_A") }.min())
    tiny.parameters[key] = nil
    let other = #expect(throws: CheckpointError.self) { try tiny.adapter() }
    #expect(other?.message.contains("the LoRA of restoration adapters for 'unet-8-16-12'") == true)
    #expect(other?.message.contains("missing: \(key)") == true)
  }
}
