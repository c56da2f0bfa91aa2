internal import Checkpoints
internal import Priors
internal import Torch

/// One of a text-to-image model's CLIP text encoders with its tokenizer. It is loaded for a run's prompts and let go again.
struct CLIPPromptEncoder {
  let model: DeferredNetwork<CLIPTextModel>
  let tokenizer: PromptTokenizer
  /// The id that fills a sequence up; nil is the tokenizer's own.
  let padID: Int?
  let device: Device

  /// What is taken of a prompt, float32.
  struct Encoding {
    /// The last hidden state but one, `[1, 77, D]`.
    let states_BLD: Tensor
    /// The pooled text, projected where the encoder has a projection, `[1, P]`.
    let pooled_BP: Tensor
  }

  func encode(_ texts: [String]) throws -> [Encoding] {
    let ids = try tokenizer.clipIDs(of: texts, padID: padID)
    let encoder = try model.load()
    return try ids.map { ids_BL in
      let number = encoder.penultimate
      let encoding = try encoder(try ids_BL.to(device: device), hiddenStates: [number])
      guard let states_BLD = encoding.hiddenStates_BLD[number] else {
        throw RestorationError(.argument, "a text encoder kept no hidden state \(number)")
      }
      return Encoding(
        states_BLD: try states_BLD.to(.float32),
        pooled_BP: try (encoding.projected_BD ?? encoding.pooled_BD).to(.float32))
    }
  }
}
