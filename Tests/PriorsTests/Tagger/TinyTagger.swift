import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// A tiny tagger among the recorded runs of `Tests/Fixtures/Oracles`: RAM's weights, with DAPE's LoRA beside them.
struct TinyTagger {
  let config: TaggerConfig
  private let file: SafetensorsFile
  private let prefix: String

  /// - Parameters:
  ///   - name: The fixture.
  ///   - part: The tagger's part of a configuration that joins those of several modules.
  ///   - prefix: Where its weights stand.
  init(_ name: String, part: String? = nil, prefix: String = "w/") throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/\(name).safetensors"))
    self.prefix = prefix
    var json = Data(try #require(file.metadata["config"]).utf8)
    if let part {
      let whole = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
      json = try JSONSerialization.data(withJSONObject: try #require(whole[part]))
    }
    config = try JSONDecoder().decode(TaggerConfig.self, from: json)
  }

  /// The tagger that AddSR's recorded run asks.
  static func ofAddSR() throws -> TinyTagger { try TinyTagger("addsr-sampler", part: "ram", prefix: "w/ram.") }

  /// RAM's own weights, by key.
  func ram() throws -> [String: Tensor] { try weights { !$0.contains("lora_") } }

  /// DAPE's weights, by key.
  func lora() throws -> [String: Tensor] { try weights { $0.contains("lora_") } }

  private func weights(_ isMeant: (String) -> Bool) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix(prefix) && isMeant(key) {
      weights[String(key.dropFirst(prefix.count))] = try file.tensor(key)
    }
    return weights
  }

  func load(
    ram: [String: Tensor]? = nil, lora: [String: Tensor]? = nil, dtype: DType? = nil
  ) throws -> ImageTagger {
    let changes = try lora ?? self.lora()
    return try ImageTagger.load(
      ram: ParameterDictionary(try ram ?? self.ram(), name: "ram.pth"),
      lora: changes.isEmpty ? nil : ParameterDictionary(changes, name: "DAPE.pth"), config: config, dtype: dtype)
  }

  func list() throws -> TagList {
    try TagList(
      names: (0..<config.tagCount).map { "tag\($0)" }, thresholds: #require(config.thresholds).map { Float($0) })
  }

  /// An argument of the recorded call.
  func argument(_ name: String) throws -> String {
    let arguments = try JSONSerialization.jsonObject(with: Data(#require(file.metadata["args"]).utf8))
    return try #require((arguments as? [String: Any])?[name] as? String)
  }

  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }
  func output(_ name: String) throws -> Tensor { try file.tensor("out/" + name) }
}
