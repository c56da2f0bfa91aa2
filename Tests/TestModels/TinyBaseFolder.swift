internal import Checkpoints
internal import Foundation
internal import Priors
public import TestSupport
public import Torch

/// Tiny base models in the layouts in which the real ones are published: the networks of recorded pipelines, with text
/// encoders that were drawn for their widths.
public struct TinyBaseFolder {
  /// Where it lies.
  public let folder: TemporaryFolder
  private let recording: SafetensorsFile
  /// Sizes of its parts, as published.
  public let config: [String: Any]

  /// Which model.
  public enum Kind: String, Sendable {
    /// Stable Diffusion XL.
    case sdxl = "sdxl-pipeline"
    /// Stable Diffusion 3.
    case sd3 = "sd3-pipeline"

    /// The folder of its denoising network.
    public var network: String { self == .sdxl ? "unet" : "transformer" }
  }

  /// Which model.
  public let kind: Kind

  /// An empty folder.
  public init(_ kind: Kind) throws {
    try Machine.setThreadCount(1)
    self.kind = kind
    folder = try TemporaryFolder()
    recording = try SafetensorsFile(path: Fixture.path("Oracles/\(kind.rawValue).safetensors"))
    let text = try present(recording.metadata["config"])
    config = try present(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { folder.file(name) }

  /// Removes a file or folder in it.
  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Writes the layout of diffusers.
  /// - Parameter base: The folder in the folder, with a slash at its end, or nothing.
  public func writeFolders(_ base: String = "", t5: Bool = true) throws {
    for part in [kind.network, "vae"] {
      try write(weights(part), to: base + part + "/diffusion_pytorch_model.safetensors")
      try writeJSON(present(config[part]), to: base + part + "/config.json")
    }
    try writeJSON(present(config["scheduler"]), to: base + "scheduler/scheduler_config.json")
    for (name, sizes, text) in try texts(t5: t5) {
      try write(text, to: base + name + "/model.safetensors")
      try writeJSON(sizes, to: base + name + "/config.json")
    }
    try writeTokenizers(base, t5: t5)
  }

  /// Writes the vocabularies.
  public func writeTokenizers(_ base: String = "", t5: Bool = true) throws {
    for (name, padding) in [("tokenizer", "<|endoftext|>"), ("tokenizer_2", "!")] {
      for file in ["vocab.json", "merges.txt"] {
        try folder.write(Data(contentsOf: fixture("Tokenizers/clip/\(file)")), to: base + name + "/" + file)
      }
      try writeJSON(["pad_token": padding], to: base + name + "/special_tokens_map.json")
    }
    if kind == .sd3, t5 {
      try folder.write(
        Data(contentsOf: fixture("Tokenizers/t5/spiece.model")), to: base + "tokenizer_3/spiece.model")
    }
  }

  /// A configuration as the networks take it.
  public func decoded<Config: Decodable>(_ json: Any?) throws -> Config {
    try JSONDecoder().decode(Config.self, from: JSONSerialization.data(withJSONObject: present(json)))
  }

  /// The published sizes of a text encoder, made small. Together they are as wide as the network wants.
  public func clip(_ number: Int, architecture: String? = nil) -> [String: Any] {
    let width = [[8, 12], [8, 16]][kind == .sdxl ? 0 : 1][number]
    let projects = kind == .sd3 || number == 1
    return [
      "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": 2, "num_attention_heads": 2,
      "hidden_act": number == 0 ? "quick_gelu" : "gelu", "projection_dim": width, "vocab_size": 2000,
      "eos_token_id": 2,
      "architectures": [architecture ?? (projects ? "CLIPTextModelWithProjection" : "CLIPTextModel")],
    ]
  }

  /// The sizes of T5, made small.
  public static var t5: [String: Any] {
    [
      "d_model": 40, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "vocab_size": 1280,
      "feed_forward_proj": "gated-gelu",
    ]
  }

  /// Name, sizes and weights of each text encoder.
  public func texts(t5: Bool = true) throws -> [(name: String, sizes: [String: Any], weights: [String: Tensor])] {
    var texts: [(String, [String: Any], [String: Tensor])] = []
    for number in 0...1 {
      let sizes = clip(number)
      let network: CLIPTextConfig = try decoded(sizes)
      let weights = try drawn(seed: UInt64(number)) { _ = try CLIPTextModel($0, network) }
      texts.append((number == 0 ? "text_encoder" : "text_encoder_2", sizes, weights))
    }
    if kind == .sd3, t5 {
      let network: T5EncoderConfig = try decoded(Self.t5)
      texts.append(("text_encoder_3", Self.t5, try drawn(seed: 2) { _ = try T5Encoder($0, network) }))
    }
    return texts
  }

  private func drawn(seed: UInt64, _ build: (ParameterPath) throws -> Void) throws -> [String: Tensor] {
    let source = try ParameterInitialiser(seed: seed)
    try build(ParameterLoader(source).root)
    return source.drawn
  }

  /// The recorded weights of a part.
  public func weights(_ part: String) throws -> [String: Tensor] {
    let prefix = "w/\(part)/"
    var weights: [String: Tensor] = [:]
    for key in recording.keys where key.hasPrefix(prefix) {
      weights[String(key.dropFirst(prefix.count))] = try recording.tensor(key)
    }
    return weights
  }

  /// Writes tensors as a file.
  public func write(_ tensors: [String: Tensor], to name: String, metadata: [String: String] = [:]) throws {
    try folder.write([UInt8](), to: name)
    try SafetensorsWriter.write(tensors, metadata: metadata, to: path(name))
  }

  /// Writes JSON as a file.
  public func writeJSON(_ value: Any, to name: String) throws {
    try folder.write(JSONSerialization.data(withJSONObject: value), to: name)
  }

  private func fixture(_ name: String) -> URL { URL(fileURLWithPath: Fixture.path(name)) }
}
