import Checkpoints
import Layers
import Priors
import TestSupport
import Testing
import Torch

/// FLUX.1 with its blocks taken from the file when they are needed.
struct FluxStreamingTests {
  /// The fixture's weights in a file of their own.
  private func stored(_ fixture: FluxFixture, dtype: DType, in folder: TemporaryFolder) throws -> SafetensorsFile {
    let path = folder.file("transformer.safetensors")
    try SafetensorsWriter.write(try fixture.weights().mapValues { try $0.to(dtype) }, to: path)
    return try SafetensorsFile(path: path)
  }

  private func network(
    _ fixture: FluxFixture, _ file: SafetensorsFile, dtype: DType, _ residency: BlockResidency?
  ) throws -> FluxTransformer {
    try ParameterLoader.load(file, component: "a transformer", dtype: dtype) {
      try FluxTransformer($0, fixture.config(), residency: residency)
    }
  }

  /// As stored, and converted on the way.
  @Test(arguments: [DType.float32, .bfloat16], [DType.float32, .bfloat16])
  func streamedBlocksAnswerTheSameBits(stored: DType, dtype: DType) throws {
    let (fixture, folder) = (try FluxFixture(), try TemporaryFolder())
    let file = try self.stored(fixture, dtype: stored, in: folder)
    let expected = try network(fixture, file, dtype: dtype, nil)
    let streamed = try network(fixture, file, dtype: dtype, BlockResidency.none)
    for resident in [0, 1, 2, 4, 5, 0] {
      streamed.residency = BlockResidency(residentCount: resident)
      #expect(streamed.residency == BlockResidency(residentCount: resident))
      try inEveryMode { () throws in
        #expect(try floats(fixture.answer(streamed)) == floats(fixture.answer(expected)))
      }
    }
  }

  @Test func theAuthorsFilesAreStreamedToo() throws {
    let fixture = try FluxFixture()
    let folder = try TemporaryFolder()
    let config = try fixture.config()
    let weights = try fixture.weights()
    var stacked: [String: [(Int, Tensor)]] = [:]
    for (name, origin) in config.originalKeys.origins {
      var tensor = try #require(weights[name])
      if origin.change != nil { tensor = try .concatenated(tensor.chunks(2, axis: 0).reversed(), axis: 0) }
      stacked[origin.key, default: []].append((origin.rows?.lowerBound ?? 0, tensor))
    }
    let tensors = try stacked.mapValues { parts in
      try Tensor.concatenated(parts.sorted { $0.0 < $1.0 }.map(\.1), axis: 0)
    }
    try SafetensorsWriter.write(tensors, to: folder.file("original.safetensors"))
    let source = config.originalKeys.source(try SafetensorsFile(path: folder.file("original.safetensors")))
    let network = try ParameterLoader.load(source, component: "a transformer") {
      try FluxTransformer($0, config, residency: BlockResidency.none)
    }
    for _ in 0..<2 { #expect(try fixture.agrees(fixture.answer(network))) }
  }

  @Test func bytesAreToldBlockByBlock() throws {
    let (fixture, folder) = (try FluxFixture(), try TemporaryFolder())
    let file = try stored(fixture, dtype: .bfloat16, in: folder)
    func bytes(_ prefix: String) throws -> Int {
      file.keys.filter { $0.hasPrefix(prefix) }.reduce(0) { $0 + (file.shape(of: $1) ?? []).reduce(4, *) }
    }
    let network = try network(fixture, file, dtype: .float32, BlockResidency.none)
    let (double, single) = (try bytes("transformer_blocks.0."), try bytes("single_transformer_blocks.0."))
    #expect(double > single && single > 0)
    #expect(network.blockByteCounts == [double, double, single, single, single])
    #expect(try self.network(fixture, file, dtype: .float32, nil).blockByteCounts.isEmpty)
  }
}
