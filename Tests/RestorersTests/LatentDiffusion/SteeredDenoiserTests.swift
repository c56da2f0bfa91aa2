import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct SteeredDenoiserTests {
  private static let level = NoiseLevel(timestep: 500, signal: 0.6, noise: 0.8)

  private func denoiser(
    _ tiny: TinySteered, _ conditions: SteeredConditions, guided: Bool = false, control: Double = 1,
    _ passes: GuidancePasses? = nil
  ) throws -> SteeredDenoiser {
    try SteeredDenoiser(
      tiny.networks, conditions, parametrisation: .epsilon, factor: 8, isGuided: guided, controlScale: control,
      passes: passes)
  }

  private func latent(_ rows: Int = 1, _ height: Int = 8, _ width: Int = 8) throws -> Tensor {
    try Tensor.randn([1, 4, height, width], generator: Generator(seed: 3)).repeated([rows, 1, 1, 1])
  }

  @Test(arguments: GuidancePasses.allCases)
  func theFirstRowIsUnderTheNegativePrompt(passes: GuidancePasses) throws {
    let tiny = try TinySteered()
    try withoutGradient { () throws in
      let rows = try denoiser(tiny, tiny.conditions, guided: true, passes)
        .predictClean(latent(2), at: Self.level).chunks(2, axis: 0)
      let prompted = try denoiser(tiny, tiny.conditions).predictClean(latent(), at: Self.level)
      var swapped = tiny.conditions
      swapped.prompt_BLD = try #require(tiny.conditions.negativePrompt_BLD)
      let negative = try denoiser(tiny, swapped).predictClean(latent(), at: Self.level)
      #expect(try distance(negative, prompted) > 1e-3)
      #expect(try Difference(rows[0], negative, absolute: 1e-5, relative: 1e-5).isClose)
      #expect(try Difference(rows[1], prompted, absolute: 1e-5, relative: 1e-5).isClose)
    }
  }

  @Test func guidanceWithoutANegativePromptIsRefused() throws {
    let tiny = try TinySteered()
    var conditions = tiny.conditions
    conditions.negativePrompt_BLD = nil
    let error = #expect(throws: RestorationError.self) { try denoiser(tiny, conditions, guided: true) }
    #expect(error?.message == "guidance was asked for without a negative prompt; an empty text is one too")
  }

  @Test func anotherNumberOfRowsIsRefused() throws {
    let tiny = try TinySteered()
    let guided = try denoiser(tiny, tiny.conditions, guided: true)
    let error = #expect(throws: RestorationError.self) { try guided.predictClean(latent(), at: Self.level) }
    #expect(error?.message == "a latent of 1 rows was to be denoised under 2 prompts")
  }

  /// A tile's answer is that of a picture which is no larger.
  @Test func aTileSeesItsPartOfThePicture() throws {
    let tiny = try TinySteered()
    let conditions = try tiny.conditions(height: 80, width: 96)
    let tile = Tile(top: 2, left: 4, height: 8, width: 8)
    var cropped = conditions
    cropped.picture_BCHW = try conditions.picture_BCHW.cropped(Tile(top: 16, left: 32, height: 64, width: 64))
    try withoutGradient { () throws in
      let found = try denoiser(tiny, conditions).predictClean(latent(), at: Self.level, in: tile)
      let alone = try denoiser(tiny, cropped).predictClean(latent(), at: Self.level)
      #expect(try found.floats() == alone.floats())
      let elsewhere = Tile(top: 0, left: 0, height: 8, width: 8)
      let other = try denoiser(tiny, conditions).predictClean(latent(), at: Self.level, in: elsewhere)
      #expect(try distance(other, found) > 1e-4)
    }
  }

  @Test func aTileIsEmbeddedOnceUntilThePictureChanges() throws {
    let encoder = CountingEncoder()
    let tiny = try TinySteered(embedding: encoder)
    let tiles = [Tile(top: 0, left: 0, height: 8, width: 8), Tile(top: 0, left: 0, height: 4, width: 8)]
    try withoutGradient { () throws in
      let denoiser = try denoiser(tiny, tiny.conditions, guided: true)
      func run() throws {
        for tile in tiles {
          _ = try denoiser.predictClean(latent(2, tile.height, tile.width), at: Self.level, in: tile)
        }
      }
      for _ in 0..<3 { try run() }
      #expect(encoder.pictures.map(\.shape) == [[1, 3, 64, 64], [1, 3, 32, 64]])
      try denoiser.look(at: tiny.conditions.picture_BCHW * 0.5, imageTokens_BLD: tiny.conditions.imageTokens_BLD)
      for _ in 0..<2 { try run() }
      #expect(encoder.pictures.count == 4)
      let (first, third) = (try encoder.pictures[0].mean().item(), try encoder.pictures[2].mean().item())
      #expect(abs(third - first * 0.5) < 1e-6)
    }
  }

  @Test func whatIsLookedAtMatters() throws {
    let tiny = try TinySteered()
    let (picture, tokens) = (tiny.conditions.picture_BCHW, tiny.conditions.imageTokens_BLD)
    try withoutGradient { () throws in
      let denoiser = try denoiser(tiny, tiny.conditions)
      func answer() throws -> Tensor { try denoiser.predictClean(latent(), at: Self.level) }
      let first = try answer()
      try denoiser.look(at: picture * 0.5, imageTokens_BLD: tokens)
      #expect(try distance(answer(), first) > 1e-4)
      try denoiser.look(at: picture, imageTokens_BLD: tokens.flipped([2]))
      #expect(try distance(answer(), first) > 1e-4)
      try denoiser.look(at: picture, imageTokens_BLD: tokens)
      #expect(try answer().floats() == first.floats())
    }
  }

  /// The latent stays float32, so that the division by the signal magnifies the network's rounding alone.
  @Test func bfloat16StaysNearFloat32() throws {
    let (tiny, short) = (try TinySteered(), try TinySteered(dtype: .bfloat16))
    try withoutGradient { () throws in
      let expected = try denoiser(tiny, tiny.conditions).predictClean(latent(), at: Self.level)
      let found = try denoiser(short, tiny.conditions).predictClean(latent(), at: Self.level)
      #expect(found.dtype == .float32)
      let error = try (found - expected).norm().item() / expected.norm().item()
      #expect(error > 0 && error < 0.05, "\(error)")
    }
  }

  @Test func theControlScaleMatters() throws {
    let tiny = try TinySteered()
    try withoutGradient { () throws in
      let answers = try [0, 0.5, 1].map {
        try denoiser(tiny, tiny.conditions, control: $0).predictClean(latent(), at: Self.level)
      }
      #expect(try distance(answers[0], answers[1]) > 1e-4)
      #expect(try distance(answers[1], answers[2]) > 1e-4)
    }
  }
}
