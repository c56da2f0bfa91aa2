import Checkpoints
import Layers
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// FluxIR from a folder to a picture.
struct FluxIRRestorerTests {
  private func run(
    _ restorer: any Restorer, tile: Int? = nil, _ change: (inout RestorationRequest) -> Void = { _ in }
  ) throws -> [Float] {
    var request = RestorationRequest(steps: 2, seed: 7)
    change(&request)
    let input = RestorationInput(enlarged_BCHW: try smoothPicture(width: 64, height: 64))
    let restored = try restorer.restore(input, request, tile: tile, monitor: .silent)
    #expect(restored.shape == [1, 3, 64, 64])
    return try values(restored)
  }

  private func restorer(_ folder: TinyFluxFolder, dtype: DType = .float32) throws -> FluxIRRestorer {
    try FluxIRRestorer(folder: folder.folder.path, dtype: dtype, device: .cpu)
  }

  @Test func obeysEveryOption() throws {
    let folder = try TinyFluxFolder()
    let restorer = try restorer(folder)
    #expect(restorer.defaultSteps == 28 && restorer.sideMultiple == 16 && restorer.readsPrompt)
    try restorer.verify()
    let usual = try run(restorer)
    #expect(try run(restorer) == usual)
    #expect(try run(restorer) { $0.seed = 8 } != usual)
    #expect(try run(restorer) { $0.steps = 3 } != usual)
    #expect(try run(restorer) { $0.fidelity = 0 } != usual)
    #expect(try run(restorer) { $0.fidelity = 0.5 } == usual)
    #expect(try run(restorer) { $0.fidelity = 1 } != usual)
    #expect(try run(restorer) { $0.prompt = "a dog" } != usual)
    #expect(try run(restorer) { $0.prompt = "  " } == usual)
    #expect(try run(restorer, tile: 32) != usual)
  }

  @Test func fidelityTurnsTheKnobsOfTheTable() {
    func settings(_ fidelity: Double?) -> FluxIRSettings {
      FluxIRRestorer.settings(RestorationRequest(fidelity: fidelity))
    }
    #expect(settings(nil) == FluxIRSettings() && settings(0.5) == FluxIRSettings())
    #expect(settings(0).controlScale == 0.5 && settings(0).start == .noise)
    #expect(settings(1).controlScale == 1 && settings(1).start == .picture(time: 600))
  }

  /// The empty prompt is kept, and then no text encoder is needed.
  @Test func theEmptyPromptIsKept() throws {
    let folder = try TinyFluxFolder()
    let first = try restorer(folder)
    let withEncoders = first.footprint.fixed
    let usual = try run(first)
    #expect(folder.exists("empty-prompt.safetensors"))
    for part in ["text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"] { try folder.remove(part) }
    let second = try restorer(folder)
    try second.verify()
    #expect(try run(second) == usual)
    #expect(second.footprint.fixed <= withEncoders)
    let error = #expect(throws: CheckpointError.self) { try run(second) { $0.prompt = "a dog" } }
    #expect(error?.message.contains("its part 'text_encoder' (FLUX.1-dev: its first text encoder") == true)
    try folder.write(["prompt_embeds": .zeros([1, 8, 24])], to: "empty-prompt.safetensors")
    let other = #expect(throws: CheckpointError.self) { try run(restorer(folder)) }
    #expect(
      other?.message.contains(
        "missing: pooled_prompt_embeds; of another shape: prompt_embeds [1, 8, 24] instead of [1, 9, 24]")
        == true)
  }

  @Test func withoutTextEncodersAndTheEmptyPromptItIsIncomplete() throws {
    let folder = try TinyFluxFolder()
    try folder.remove("text_encoder_2")
    let error = #expect(throws: CheckpointError.self) { try restorer(folder) }
    #expect(
      error?.message.contains("its part 'text_encoder_2' (FLUX.1-dev: its second text encoder, T5 XXL) is not there")
        == true)
  }

  /// The authors' files in place of the folders, and a transformer in int8 before the one that it was made of.
  @Test func singleFilesServeToo() throws {
    let folder = try TinyFluxFolder()
    let usual = try run(restorer(folder))
    let config = folder.flux.config
    let keys = folder.flux.autoencoderConfig.latentDiffusionKeys
    try folder.write(try keys.writing(folder.flux.weights("vae")), to: "ae.safetensors")
    try folder.write(try original(folder.flux.weights("transformer"), config), to: "flux1-dev.safetensors")
    try folder.remove("transformer")
    #expect(try run(restorer(folder)) == usual)
    var quantised = try folder.flux.weights("transformer")
    for (name, weight) in quantised where FluxTransformerConfig.isQuantisable(name, shape: weight.shape) {
      let (numbers, scale) = try RowQuantisation.quantised(weight)
      quantised[name] = numbers
      quantised[name.dropLast("weight".count) + RowQuantisation.scaleName] = scale
    }
    try folder.write(quantised, to: "flux1-dev-int8.safetensors")
    let near = try run(restorer(folder))
    #expect(near != usual)
    let furthest = zip(near, usual).map { abs($0 - $1) }.max() ?? 1
    #expect(furthest < 0.2, "\(furthest)")
  }

  private func original(_ weights: [String: Tensor], _ config: FluxTransformerConfig) throws -> [String: Tensor] {
    var parts: [String: [(Int, Tensor)]] = [:]
    for (name, origin) in config.originalKeys.origins {
      var tensor = try #require(weights[name], "\(name)")
      if origin.change != nil { tensor = try .concatenated(tensor.chunks(2, axis: 0).reversed(), axis: 0) }
      parts[origin.key, default: []].append((origin.rows?.lowerBound ?? 0, tensor))
    }
    return try parts.mapValues { try .concatenated($0.sorted { $0.0 < $1.0 }.map(\.1), axis: 0) }
  }

  /// The budget decides how many blocks stay, and not what comes out.
  @Test func memoryDecidesHowManyBlocksStay() throws {
    let folder = try TinyFluxFolder()
    let restorer = try restorer(folder)
    let usual = try run(restorer)
    let sizes = try ParameterLoader.load(
      openCheckpoint(folder.path("transformer")), component: "it"
    ) { try FluxTransformer($0, folder.flux.config, residency: BlockResidency.none) }.blockByteCounts
    #expect(sizes.count == 4 && sizes[0] > sizes[3])
    let others = 1000
    func stay(_ bytes: Int) -> Int { restorer.residency(budget: others + bytes, others: others).residentCount }
    #expect(stay(-500) == 0 && stay(0) == 0)
    // The room of the block in work, the largest, is counted with the others.
    #expect(stay(sizes[0]) == 1)
    #expect(stay(sizes[0] + sizes[3]) == 2)
    #expect(stay(sizes.reduce(0, +)) == 4)
    let area = 64 * 64
    let least = restorer.footprint.bytes(pixels: area, tilePixels: area)
    for budget in [least, least + sizes[0], least + 10 * sizes[0]] {
      #expect(try run(restorer) { $0.memory = budget } == usual)
    }
  }

  @Test func theRegistryKnowsIt() throws {
    let folder = try TinyFluxFolder()
    #expect(RestorerRegistry.entry(recognising: folder.folder.path)?.name == "fluxir")
    let entry = try #require(RestorerRegistry.entry(named: "fluxir"))
    #expect(entry.parts.first?.name == "adapter" && entry.licence.contains("Non-Commercial"))
    let restorer = try entry.load(folder.folder.path, .float32, .cpu)
    #expect(restorer.scale == 4 && restorer.largestTile == 1024)
    try folder.remove("fluxir.safetensors")
    #expect(RestorerRegistry.entry(recognising: folder.folder.path) == nil)
    let error = #expect(throws: CheckpointError.self) { try entry.load(folder.folder.path, .float32, .cpu) }
    #expect(error?.message.contains("its part 'adapter' (FluxIR: one block and its layers) is not there") == true)
  }

  /// FLUX.1-dev at 1024 pixels: the estimate stays near what the dossier of sizes implies.
  @Test func theFootprintGrowsWithTheWidth() throws {
    let folder = try TinyFluxFolder()
    let small = try restorer(folder).footprint
    #expect(small.fixed > 700_000_000 && small.fixed < 710_000_000)
    #expect(small.perTilePixel == 48 * (17 * 4 + 16) / 256)
  }
}
