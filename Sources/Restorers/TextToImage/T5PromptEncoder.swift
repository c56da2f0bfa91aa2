internal import Checkpoints
internal import Priors
internal import Torch

/// A text-to-image model's T5 encoder with its tokenizer. It is loaded for a run's prompts and let go again: with 4.8
/// thousand million weights it is the largest network of Stable Diffusion 3.
struct T5PromptEncoder {
  let model: DeferredNetwork<T5Encoder>
  let tokenizer: PromptTokenizer
  /// Tokens of every prompt.
  let length: Int
  let device: Device

  /// What T5 computes in: it leaves float16's range.
  static func dtype(_ wanted: DType) -> DType { wanted == .float16 ? .bfloat16 : wanted }

  /// The last hidden states, `[1, length, D]` float32 each.
  func encode(_ texts: [String]) throws -> [Tensor] {
    let ids = try tokenizer.t5IDs(of: texts, length: length)
    let encoder = try model.load()
    return try ids.map { try encoder(try $0.to(device: device)).to(.float32) }
  }
}
