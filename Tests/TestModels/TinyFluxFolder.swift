public import Checkpoints
internal import Foundation
public import Priors
public import Restorers
public import TestSupport
public import Torch

/// A model folder of FluxIR: FLUX.1-dev in the layout of diffusers, with tiny networks, and an adapter.
public struct TinyFluxFolder {
  /// Where it lies.
  public let folder: TemporaryFolder
  /// The networks.
  public let flux: TinyFlux

  /// - Parameter parameters: Of the adapter; nil is a trained one.
  public init(_ parameters: [String: Tensor]? = nil, config: FluxIRConfig = TinyFlux.config()) throws {
    flux = try TinyFlux()
    folder = try TemporaryFolder()
    for part in ["transformer", "vae"] {
      try write(flux.weights(part), to: "\(part)/diffusion_pytorch_model.safetensors")
      try write(json: try present(flux.json[part]), to: "\(part)/config.json")
    }
    try write(json: try present(flux.json["scheduler"]), to: "scheduler/scheduler_config.json")
    try writeTextEncoders()
    try SafetensorsWriter.write(
      parameters ?? flux.trained(config), metadata: config.metadata, to: path("fluxir.safetensors"))
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { folder.file(name) }

  /// Removes a file or folder in it.
  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Whether a file is there.
  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  private func writeTextEncoders() throws {
    let clip: [String: Any] = [
      "hidden_size": flux.config.pooledTextWidth, "intermediate_size": 40, "num_hidden_layers": 2,
      "num_attention_heads": 2, "hidden_act": "quick_gelu", "architectures": ["CLIPTextModel"], "vocab_size": 2000,
    ]
    let t5: [String: Any] = [
      "d_model": flux.config.textWidth, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 3, "vocab_size": 1300,
      "feed_forward_proj": "gated-gelu",
    ]
    try writeEncoder("text_encoder", clip) { try CLIPTextModel($0, $1 as CLIPTextConfig) }
    try writeEncoder("text_encoder_2", t5) { try T5Encoder($0, $1 as T5EncoderConfig) }
    for (folder, files) in [("clip", ["vocab.json", "merges.txt"]), ("t5", ["spiece.model"])] {
      let target = folder == "clip" ? "tokenizer" : "tokenizer_2"
      try FileManager.default.createDirectory(atPath: path(target), withIntermediateDirectories: true)
      for name in files {
        try FileManager.default.copyItem(
          atPath: Fixture.path("Tokenizers/\(folder)/\(name)"), toPath: path("\(target)/\(name)"))
      }
    }
  }

  private func writeEncoder<Config: Decodable, Network>(
    _ name: String, _ json: [String: Any], _ build: (ParameterPath, Config) throws -> Network
  ) throws {
    try write(json: json, to: "\(name)/config.json")
    let config = try JSONDecoder().decode(Config.self, from: JSONSerialization.data(withJSONObject: json))
    let drawn = try ParameterInitialiser(seed: 3)
    _ = try build(ParameterLoader(drawn).root, config)
    try write(drawn.drawn, to: "\(name)/model.safetensors")
  }

  /// Writes tensors as a file.
  public func write(_ tensors: [String: Tensor], to name: String) throws {
    try makeFolder(of: name)
    try SafetensorsWriter.write(tensors, metadata: [:], to: path(name))
  }

  private func write(json: Any, to name: String) throws {
    try makeFolder(of: name)
    try JSONSerialization.data(withJSONObject: json).write(to: URL(fileURLWithPath: path(name)))
  }

  private func makeFolder(of name: String) throws {
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path(name)).deletingLastPathComponent(), withIntermediateDirectories: true)
  }
}
