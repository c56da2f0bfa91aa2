import Checkpoints
import Foundation
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

struct RestorationCheckpointTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("adapters.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ tiny: TinyAdapter, prior: String? = nil, dtype: DType = .float32) throws {
    try RestorationCheckpoint.write(
      tiny.parameters, tiny.config, for: tiny.prior.backbone, prior: prior, dtype: dtype, to: path)
  }

  @Test(arguments: TinyPrior.Kind.allCases)
  func whatIsWrittenIsReadAgain(_ kind: TinyPrior.Kind) throws {
    let tiny = try TinyAdapter(kind) { ($0.isStabilised, $0.lowRank.alpha) = (true, 3) }
    try write(tiny)
    let file = try RestorationCheckpoint(path: path)
    #expect(file.config == tiny.config && file.backbone == tiny.prior.backbone.id && file.prior == nil)
    let adapter = try file.adapter(for: tiny.prior.backbone)
    let network = try tiny.prior.network(adapter.merged(into: tiny.prior.source))
    #expect(
      try network(tiny.noisy_BCHW, adapter.looking(at: tiny.low_BCHW)).floats() == tiny.answer().floats())
    // No temporary file stays behind.
    #expect(try folder.names() == ["adapters.safetensors"])
  }

  @Test func itIsStoredInBFloat16UnlessSaidOtherwise() throws {
    let tiny = try TinyAdapter(.unet)
    try RestorationCheckpoint.write(tiny.parameters, tiny.config, for: tiny.prior.backbone, to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.keys == Set(tiny.parameters.keys))
    #expect(file.keys.allSatisfy { file.typeName(of: $0) == "BF16" })
    #expect(file.metadata["burnish.kind"] == "restoration-adapter")
  }

  @Test func itKnowsItsPrior() throws {
    let tiny = try TinyAdapter(.unet)
    let fingerprint = try PriorFingerprint.text(of: tiny.prior.source, tiny.prior.backbone)
    #expect(fingerprint.count == 16)
    try write(tiny, prior: fingerprint)
    let file = try RestorationCheckpoint(path: path)
    #expect(try file.isTrained(on: tiny.prior.source, tiny.prior.backbone) == true)
    #expect(try file.isTrained(on: TinyPrior(.unet, seed: 2).source, tiny.prior.backbone) == false)
    try write(tiny)
    #expect(try RestorationCheckpoint(path: path).isTrained(on: tiny.prior.source, tiny.prior.backbone) == nil)
    let error = #expect(throws: CheckpointError.self) {
      try PriorFingerprint.text(of: ParameterDictionary([:], name: "nothing"), tiny.prior.backbone)
    }
    #expect(error?.message.hasPrefix("taking the fingerprint of nothing: it lacks '") == true)
  }

  @Test func anotherBackboneIsRefused() throws {
    try write(TinyAdapter(.unet))
    let error = #expect(throws: CheckpointError.self) {
      try RestorationCheckpoint(path: path).adapter(for: TinyPrior(.transformer).backbone)
    }
    #expect(
      error?.message
        == "loading restoration adapters from '\(path)': they were trained for 'unet-8-16-12', and this model is "
        + "'mmdit-3-16'; use a model folder of 'unet-8-16-12', or adapters for 'mmdit-3-16'")
  }

  /// The file of a sound checkpoint, with something changed.
  private func changed(
    _ change: (inout [String: Tensor], inout [String: String]) throws -> Void
  ) throws -> RestorationCheckpoint {
    let tiny = try TinyAdapter(.unet)
    try write(tiny)
    let file = try SafetensorsFile(path: path)
    var tensors: [String: Tensor] = [:]
    for key in file.keys { tensors[key] = try file.tensor(key) }
    var metadata = file.metadata
    try change(&tensors, &metadata)
    let other = folder.file("changed.safetensors")
    try SafetensorsWriter.write(tensors, metadata: metadata, to: other)
    return try RestorationCheckpoint(path: other)
  }

  @Test func keysAreHeldToTheConfiguration() throws {
    let backbone = try TinyPrior(.unet).backbone
    let file = try changed { tensors, _ in
      tensors["ra.d0.out.weight"] = nil
      tensors["stray"] = try .ones([1])
    }
    let error = #expect(throws: CheckpointError.self) { try file.adapter(for: backbone) }
    #expect(error?.message.contains("missing: ra.d0.out.weight; unexpected: stray.") == true)
  }

  @Test(arguments: ["burnish.kind", "burnish.config", "burnish.backbone"])
  func aFileWithoutItsMetadataIsRefused(_ field: String) throws {
    let error = #expect(throws: CheckpointError.self) { try changed { _, metadata in metadata[field] = nil } }
    #expect(
      error?.message.hasSuffix(
        "its metadata does not say that it holds any (burnish.kind = restoration-adapter); a LoRA or another system's "
          + "weights belong elsewhere") == true)
  }

  @Test(
    arguments: [
      ("{", "its burnish.config cannot be read: "),
      (#"{"rab_kind": "t2i"}"#, "cannot be read: it has no 'sites'"),
      (#"{"sites": ["x9"], "rab_kind": "t2i"}"#, "'x9' is no site; sites are d0, d1"),
    ])
  func aDamagedConfigurationIsRefused(_ json: String, _ words: String) throws {
    let error = #expect(throws: CheckpointError.self) {
      try changed { _, metadata in metadata["burnish.config"] = json }
    }
    #expect(error?.code == .malformed && error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func whatIsNotWholeIsNotWritten() throws {
    var tiny = try TinyAdapter(.unet)
    tiny.parameters["ra.d0.out.bias"] = try .full([8], .infinity)
    let error = #expect(throws: CheckpointError.self) { try write(tiny) }
    #expect(error?.message.contains("'ra.d0.out.bias' holds NaN or a number beyond") == true)
    tiny.parameters["ra.d0.out.bias"] = nil
    #expect(throws: CheckpointError.self) { try write(tiny) }
    #expect(try folder.names().isEmpty)
  }
}
