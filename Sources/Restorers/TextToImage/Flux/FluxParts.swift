/// The files of FLUX.1-dev.
enum FluxParts {
  /// A file in int8 was made to be used: it comes before the one that it was made of.
  static let transformer = part(
    "transformer",
    ["transformer-int8.safetensors", "flux1-dev-int8.safetensors", "transformer", "flux1-dev.safetensors"],
    "its transformer; `burnish models import --quantize int8` halves it")
  static let autoencoder = part("vae", ["vae", "ae.safetensors"], "its autoencoder")
  static let textEncoder = part(
    "text_encoder", ["text_encoder", "clip_l.safetensors"], "its first text encoder, CLIP ViT-L", isOptional: true)
  static let textEncoder2 = part(
    "text_encoder_2", ["text_encoder_2", "t5xxl_fp16.safetensors", "t5xxl.safetensors"],
    "its second text encoder, T5 XXL", isOptional: true)
  static let emptyPrompt = part(
    "empty prompt", ["empty-prompt.safetensors"],
    "what both made of no words, written by the first run: without words they are not needed after that",
    isOptional: true)
  static let tokenizer = part("tokenizer", ["tokenizer"], "vocab.json and merges.txt, for prompts", isOptional: true)
  static let tokenizer2 = part(
    "tokenizer_2", ["tokenizer_2"], "T5's spiece.model or tokenizer.json, for prompts", isOptional: true)
  static let schedule = part("scheduler", ["scheduler"], "its noise schedule", isOptional: true)

  /// All, in the order in which they are shown.
  static let all = [
    transformer, autoencoder, textEncoder, textEncoder2, emptyPrompt, tokenizer, tokenizer2, schedule,
  ]

  private static func part(
    _ name: String, _ places: [String], _ what: String, isOptional: Bool = false
  ) -> ModelPart {
    ModelPart(
      name, places: ["", "FLUX.1-dev/"].flatMap { base in places.map { base + $0 } }, summary: "FLUX.1-dev: \(what)",
      source: "black-forest-labs/FLUX.1-dev", isOptional: isOptional)
  }
}
