internal import Torch

/// The keys of one module in a LoRA file.
struct LowRankKeys {
  /// What a tensor is to its module.
  enum Part { case down, up, alpha }

  private(set) var down: String?
  private(set) var up: String?
  private(set) var alpha: String?

  /// The key of a part.
  subscript(part: Part) -> String? {
    get {
      switch part {
      case .down: down
      case .up: up
      case .alpha: alpha
      }
    }
    set {
      switch part {
      case .down: down = newValue
      case .up: up = newValue
      case .alpha: alpha = newValue
      }
    }
  }

  /// Every key that is there.
  var all: [String] { [down, up, alpha].compactMap(\.self) }

  private static let endings: [(String, Part)] = [
    (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_A.default.weight", .down),
    (".lora_B.default.weight", .up), (".lora_down.weight", .down), (".lora_up.weight", .up),
    (".lora.down.weight", .down), (".lora.up.weight", .up), (".lora_linear_layer.down.weight", .down),
    (".lora_linear_layer.up.weight", .up), ("_lora.down.weight", .down), ("_lora.up.weight", .up), (".alpha", .alpha),
  ]

  /// The module that a key is of, and what it is to it; nil for a key of another form.
  static func split(_ key: String) -> (module: String, part: Part)? {
    guard let (ending, part) = endings.first(where: { key.hasSuffix($0.0) }) else { return nil }
    // diffusers once kept LoRA in attention processors: attn1.processor.to_q_lora is attn1.to_q.
    return (String(key.dropLast(ending.count)).replacing(".processor.", with: "."), part)
  }

  /// Both matrices.
  func pair(of module: String, in file: any ParameterSource) throws -> (down: Tensor, up: Tensor) {
    guard let down, let up else {
      throw CheckpointError(
        .mismatch,
        "reading the LoRA \(file.name.quoted): \(module.quoted) has \(all.quotedList) alone; A and B are needed. Is the "
          + "file whole?")
    }
    let pair = (down: try file.stored(down), up: try file.stored(up))
    guard pair.down.rank >= 2, pair.up.rank >= 2, pair.down.size(0) == pair.up.size(1) else {
      throw CheckpointError(
        .mismatch,
        "reading the LoRA \(file.name.quoted): \(module.quoted) has A \(pair.down.shape) and B \(pair.up.shape), which "
          + "have no rank in common")
    }
    return pair
  }
}
