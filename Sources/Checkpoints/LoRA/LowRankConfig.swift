public import Torch

/// Which layers of a network get low-rank changes that are to be trained, and how large they are.
public struct LowRankConfig: Sendable, Hashable, Codable {
  /// Rows of `A`; 0 for no changes at all.
  public var rank: Int
  /// The product `B A` is multiplied by alpha / rank.
  public var alpha: Double
  /// The ends of the changed modules' names: `attn1.to_q` is every module whose name ends so.
  public var targets: [String]

  /// - Parameters:
  ///   - rank: Rows of `A`; 0 for no changes at all.
  ///   - alpha: The product `B A` is multiplied by alpha / rank; nil is the rank, a factor of 1.
  ///   - targets: The ends of the changed modules' names.
  public init(rank: Int, alpha: Double? = nil, targets: [String]) {
    self.rank = rank
    self.alpha = alpha ?? Double(rank)
    self.targets = targets
  }

  /// The modules that change.
  /// - Parameter layout: The network's parameters: sizes by key, as a `ParameterRecorder` gives them.
  /// - Throws: `CheckpointError` for settings out of range, and for a target that is the end of no module's name.
  public func modules(in layout: [String: [Int]]) throws(CheckpointError) -> [String] {
    guard (0...4096).contains(rank), alpha.isFinite else {
      throw CheckpointError(
        .mismatch, "a LoRA of rank \(rank) and alpha \(alpha): the rank goes from 0 to 4096, alpha is a number")
    }
    guard rank > 0 else { return [] }
    let suffix = ".weight"
    let names = layout.filter { $0.key.hasSuffix(suffix) && $0.value.count >= 2 }.map { $0.key.dropLast(suffix.count) }
    var found: Set<String> = []
    for target in targets {
      let matches = names.filter { $0 == target || $0.hasSuffix("." + target) }
      guard !matches.isEmpty else {
        throw CheckpointError(
          .mismatch,
          "a LoRA was to change the layers \(target.quoted), which the network has not; name layers of its own")
      }
      found.formUnion(matches.map { String($0) })
    }
    return found.sorted()
  }

  /// Takes `lora_A` and `lora_B` of every module that changes. New ones begin as PEFT's do: `A` even within ±1/√in, `B`
  /// zero, so that nothing changes at first.
  /// - Parameters:
  ///   - path: Under the network's name: `unet` or `transformer`.
  ///   - layout: The network's parameters: sizes by key.
  /// - Returns: The changes by the key of the weight.
  /// - Throws: `CheckpointError` as ``modules(in:)`` does; what the source throws.
  public func updates(_ path: ParameterPath, layout: [String: [Int]]) throws -> [String: [LowRankUpdate]] {
    var updates: [String: [LowRankUpdate]] = [:]
    for module in try modules(in: layout) {
      let key = module + ".weight"
      guard let shape = layout[key] else { continue }
      let inner = Array(shape.dropFirst())
      let place = path / module
      updates[key] = [
        LowRankUpdate(
          down: try (place / "lora_A").take("weight", [rank] + inner, .uniform(fanIn: inner.reduce(1, *))),
          up: try (place / "lora_B").take(
            "weight", [shape[0], rank] + inner.dropFirst().map { _ in 1 }, .zeros),
          scale: alpha / Double(rank))
      ]
    }
    return updates
  }
}
