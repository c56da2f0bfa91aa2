import Checkpoints
import TestSupport
import Testing
import Torch

@testable import Priors

/// What networks ask of an adapter, and what becomes of its answers.
struct FeatureAdapterTests {
  /// Notes what it is asked; adds a number at one site.
  private final class Recorder: FeatureAdapter {
    var asked: [String] = []
    var embeddings: [Tensor] = []
    let site: FeatureSite?

    init(adding site: FeatureSite? = nil) { self.site = site }

    func begin(embedding_BD: Tensor) throws(TorchError) -> FeatureChange {
      embeddings.append(embedding_BD)
      return { [self] features, site throws(TorchError) in
        asked.append("\(site) \(features.shape)")
        return site == self.site ? try features + 0.5 : features
      }
    }
  }

  private struct UNet {
    let network: UNet2DCondition
    let fixture: PriorsFixture

    init() throws {
      let fixture = try PriorsFixture("unet-sdxl")
      self.fixture = fixture
      network = try fixture.load { try UNet2DCondition($0, fixture.config()) }
    }

    func answer(_ adapter: (any FeatureAdapter)? = nil) throws -> Tensor {
      let conditioning = UNetConditioning(
        text: Context(try fixture.input("encoder_hidden_states")),
        added: AddedConditioning(
          pooledText_BD: try fixture.input("text_embeds"), sizes_B6: try fixture.input("time_ids")))
      return try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), conditioning: conditioning, adapter: adapter)
    }
  }

  @Test func aUNetAsksAtEveryLevelInItsOrder() throws {
    let unet = try UNet()
    let widths = try unet.fixture.config().blockOutChannels
    let sample = try unet.fixture.input("sample").shape
    let recorder = Recorder()
    let found = try unet.answer(recorder)
    // An adapter that changes nothing leaves the bits, and the embedding that it was given too.
    #expect(try found.floats() == unet.answer().floats())
    func map(_ level: Int) -> [Int] {
      let step = 1 << level
      return [sample[0], widths[level], (sample[2] + step - 1) / step, (sample[3] + step - 1) / step]
    }
    let last = widths.count - 1
    let expected =
      widths.indices.map { "d\($0) \(map($0))" } + ["mid \(map(last))"]
      + widths.indices.map { "u\($0) \(map(last - $0))" }
    #expect(recorder.asked == expected)
    #expect(recorder.embeddings.map(\.shape) == [[sample[0], try unet.fixture.config().timeWidth]])
  }

  @Test func everySiteOfAUNetCounts() throws {
    let unet = try UNet()
    let plain = try unet.answer().floats()
    var answers: [[Float]] = [plain]
    for site in [FeatureSite.down(0), .down(1), .middle, .up(0), .up(1)] {
      answers.append(try unet.answer(Recorder(adding: site)).floats())
    }
    #expect(Set(answers).count == answers.count)
  }

  @Test(arguments: [0, 1])
  func theSkipIsChangedToo(level: Int) throws {
    var config = UNetConfig()
    config.blockOutChannels = [8, 16]
    config.downBlockTypes = ["DownBlock2D", "DownBlock2D"]
    config.upBlockTypes = ["UpBlock2D", "UpBlock2D"]
    config.normGroups = 4
    let block = try DownBlock(ParameterLoader(RandomSource()).root, config, level: level, in: 8)
    let (x, time) = (try Draws().normal([1, 8, 4, 4]), try Draws(seed: 2).normal([1, 32]))
    var (plain, changed): ([Tensor], [Tensor]) = ([], [])
    _ = try block(x, time_BD: time, conditioning: UNetConditioning(), skips: &plain)
    _ = try block(x, time_BD: time, conditioning: UNetConditioning(), skips: &changed) {
      features, site throws(TorchError) in
      #expect(site == .down(level))
      return try features + 0.5
    }
    // Two residual blocks: the first one's skip is as it was, the second one's is the changed one.
    #expect(try changed[0].floats() == plain[0].floats())
    #expect(try changed[1].floats() == (plain[1] + 0.5).floats())
  }

  @Test(arguments: [SD3Fixture.sd3, SD3Fixture.sd35])
  func aTransformerAsksBehindEveryBlock(_ name: String) throws {
    let fixture = try SD3Fixture(name)
    let network = try fixture.network()
    func answer(_ adapter: (any FeatureAdapter)?) throws -> [Float] {
      try network(
        fixture.input("hidden_states"), timestep_B: fixture.input("timestep"), prompt: fixture.prompt(network),
        adapter: adapter
      ).floats()
    }
    let sample = try fixture.input("hidden_states").shape
    let tokens = [sample[0], sample[2] * sample[3] / 4, network.config.width]
    let recorder = Recorder()
    let plain = try answer(nil)
    #expect(try answer(recorder) == plain)
    #expect(recorder.asked == (0..<network.config.layerCount).map { "b\($0) \(tokens)" })
    #expect(recorder.embeddings.map(\.shape) == [[sample[0], network.config.width]])
    let answers = try (0..<network.config.layerCount).map { try answer(Recorder(adding: .block($0))) }
    #expect(Set(answers + [plain]).count == answers.count + 1)
  }
}
