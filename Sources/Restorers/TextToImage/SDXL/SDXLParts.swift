/// The files of Stable Diffusion XL.
enum SDXLParts {
  static let unet = part("unet", "its U-Net")
  static let autoencoder = part("vae", "its autoencoder")
  static let textEncoder = part("text_encoder", "its smaller text encoder, CLIP ViT-L")
  static let textEncoder2 = part("text_encoder_2", "its larger text encoder, OpenCLIP ViT-bigG")
  static let tokenizer = part("tokenizer", "vocab.json and merges.txt")
  static let tokenizer2 = part("tokenizer_2", "the same, padded otherwise", isOptional: true)
  static let schedule = part("scheduler", "its noise schedule", isOptional: true)
  /// All of it in its authors' own layout.
  static let singleFile = ModelPart(
    "single file", places: ["sd_xl_base_1.0.safetensors", "sd_xl_base_1.0_0.9vae.safetensors"],
    summary: "Stable Diffusion XL: networks and text encoders in one file, in place of the folders; the tokenizer is "
      + "needed beside it for prompts", source: "stabilityai/stable-diffusion-xl-base-1.0", isOptional: true)
  /// Which pipeline the folder is for, and what it does without a negative prompt.
  static let index = part("model_index.json", "what the folder is", isOptional: true)

  /// All, in the order in which they are shown.
  static let all = [unet, autoencoder, textEncoder, textEncoder2, tokenizer, tokenizer2, schedule, singleFile]

  private static func part(_ name: String, _ what: String, isOptional: Bool = false) -> ModelPart {
    ModelPart(
      name, places: [name, "stable-diffusion-xl-base-1.0/" + name], summary: "Stable Diffusion XL: \(what)",
      source: "stabilityai/stable-diffusion-xl-base-1.0", isOptional: isOptional)
  }
}
