import Checkpoints
import Layers
import Priors
import TestSupport
import Testing
import Torch

/// FLUX.1 with the linear weights of its blocks in int8.
struct FluxQuantisationTests {
  /// The fixture's weights as `burnish models import --quantize int8` writes them.
  private func quantised(_ fixture: FluxFixture) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, weight) in try fixture.weights() {
      guard FluxTransformerConfig.isQuantisable(name, shape: weight.shape) else {
        tensors[name] = weight
        continue
      }
      let (numbers, scale) = try RowQuantisation.quantised(weight)
      tensors[name] = numbers
      tensors[name.dropLast("weight".count) + RowQuantisation.scaleName] = scale
    }
    return tensors
  }

  private func error(_ found: Tensor, _ expected: Tensor) throws -> Double {
    let difference: Tensor = try found.to(.float32) - expected
    return try difference.norm().item() / expected.norm().item()
  }

  /// The loss of quality: the velocity moves by less than in bfloat16, which moves it by up to 3 %.
  @Test(arguments: [FluxFixture.dev, FluxFixture.schnell])
  func theVelocityMovesByLessThanThreePerCent(_ name: String) throws {
    let fixture = try FluxFixture(name)
    let network = try fixture.network(ParameterDictionary(quantised(fixture)))
    #expect(network.dtype == .float32)
    try inEveryMode { () throws in
      let moved = try error(fixture.answer(network), fixture.expected())
      #expect(moved < 0.03 && moved > 1e-5, "\(moved)")
    }
  }

  @Test func streamedInt8AnswersTheSameBits() throws {
    let (fixture, folder) = (try FluxFixture(), try TemporaryFolder())
    try SafetensorsWriter.write(try quantised(fixture), to: folder.file("int8.safetensors"))
    let file = try SafetensorsFile(path: folder.file("int8.safetensors"))
    func network(_ residency: BlockResidency?) throws -> FluxTransformer {
      try ParameterLoader.load(file, component: "a transformer", dtype: .bfloat16) {
        try FluxTransformer($0, fixture.config(), residency: residency)
      }
    }
    let (resident, streamed) = (try network(nil), try network(BlockResidency.none))
    for _ in 0..<2 { #expect(try floats(fixture.answer(streamed)) == floats(fixture.answer(resident))) }
    // A number of a weight takes one byte in memory too.
    let count = try file.keys.filter { $0.hasPrefix("transformer_blocks.0.") && $0.hasSuffix(".weight") }
      .map { try #require(file.shape(of: $0)) }.filter { $0.count == 2 }.reduce(0) { $0 + $1[0] * $1[1] }
    #expect(streamed.blockByteCounts[0] > count && Double(streamed.blockByteCounts[0]) < 1.2 * Double(count))
  }

  @Test func onlyTheBlocksLinearWeightsAreMeant() throws {
    let recorder = ParameterRecorder()
    _ = try FluxTransformer(ParameterLoader(recorder).root, .dev)
    var (meant, others) = (0, 0)
    for (name, shape) in recorder.shapes {
      let count = shape.reduce(1, *)
      if FluxTransformerConfig.isQuantisable(name, shape: shape) { meant += count } else { others += count }
    }
    // Embeddings, output, norms and biases stay: less than one per cent.
    #expect(meant + others == 11_901_408_320 && others < 120_000_000, "\(others)")
    #expect(!FluxTransformerConfig.isQuantisable("x_embedder.weight", shape: [3072, 64]))
    #expect(!FluxTransformerConfig.isQuantisable("transformer_blocks.0.ff.net.2.bias", shape: [3072]))
  }

  @Test func sizesShowInAFile() throws {
    let folder = try TemporaryFolder()
    for name in [FluxFixture.dev, FluxFixture.schnell] {
      let fixture = try FluxFixture(name)
      let (config, weights) = (try fixture.config(), try fixture.weights())
      try SafetensorsWriter.write(weights, to: folder.file("diffusers.safetensors"))
      let file = try SafetensorsFile(path: folder.file("diffusers.safetensors"))
      #expect(try FluxTransformerConfig(sizesOf: file) == config)
      // In the authors' layout rows are stacked; which tensors there are and their columns is all that counts.
      for prefix in ["", FluxKeyMap.prefix] {
        var stored: [String: Tensor] = ["first_stage_model.x": try .zeros([1])]
        for (name, origin) in config.originalKeys.origins { stored[prefix + origin.key] = weights[name] }
        try SafetensorsWriter.write(stored, to: folder.file("original.safetensors"))
        let file = try SafetensorsFile(path: folder.file("original.safetensors"))
        #expect(try FluxTransformerConfig(sizesOf: file) == config)
      }
    }
  }
}
