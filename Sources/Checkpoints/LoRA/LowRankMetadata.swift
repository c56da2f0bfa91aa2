internal import Foundation

/// PEFT's settings as diffusers keeps them in a file's metadata: one JSON text under `lora_adapter_metadata`, whose names
/// begin with that of the network (`unet.lora_alpha`).
struct LowRankMetadata {
  private static let key = "lora_adapter_metadata"
  private static let networks = ["unet.", "transformer.", ""]

  private var alpha: Double?
  private var patterns: [String: Double] = [:]
  /// alpha / √rank in place of alpha / rank (rsLoRA, Kalajdzievski 2023).
  private var dividesByRoot = false

  init(_ metadata: [String: String], in file: String) throws(CheckpointError) {
    guard let text = metadata[Self.key] else { return }
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
      let values = object as? [String: Any]
    else {
      throw CheckpointError(
        .malformed, "reading the LoRA \(file.quoted): its metadata '\(Self.key)' is not a JSON object")
    }
    func value<Value>(_ name: String, _ type: Value.Type) -> Value? {
      Self.networks.lazy.compactMap { values[$0 + name] as? Value }.first
    }
    alpha = value("lora_alpha", Double.self)
    patterns = value("alpha_pattern", [String: Double].self) ?? [:]
    dividesByRoot = value("use_rslora", Bool.self) ?? false
    guard value("use_dora", Bool.self) != true else {
      throw CheckpointError(
        .unsupported, "reading the LoRA \(file.quoted): its metadata says DoRA; only plain LoRA is read here")
    }
  }

  /// alpha / rank of a module.
  /// - Parameters:
  ///   - stored: The module's alpha tensor.
  ///   - otherwise: Alpha where nothing says it; nil is the rank.
  func scale(of module: String, rank: Int, stored: Double?, otherwise: Double?) -> Double {
    let pattern = patterns.first { module == $0.key || module.hasSuffix("." + $0.key) }?.value
    let divisor = dividesByRoot ? Double(rank).squareRoot() : Double(rank)
    return (stored ?? pattern ?? alpha ?? otherwise ?? divisor) / divisor
  }

  /// The metadata of a file.
  /// - Parameter alphas: Rank and alpha of each module.
  static func text(
    _ alphas: [String: (rank: Int, alpha: Double)], prefix: String
  ) throws -> [String: String] {
    guard let common = alphas.min(by: { $0.key < $1.key })?.value else { return [:] }
    let others = alphas.filter { $0.value.rank != common.rank || $0.value.alpha != common.alpha }
    let values: [String: Any] = [
      "\(prefix).r": common.rank, "\(prefix).lora_alpha": common.alpha,
      "\(prefix).target_modules": alphas.keys.sorted(),
      "\(prefix).rank_pattern": others.mapValues { $0.rank }, "\(prefix).alpha_pattern": others.mapValues { $0.alpha },
    ]
    let json = try JSONSerialization.data(withJSONObject: values, options: [.sortedKeys])
    return [key: String(decoding: json, as: UTF8.self)]
  }
}
