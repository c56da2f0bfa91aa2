/// The files of Stable Diffusion 3 and 3.5.
enum SD3Parts {
  static let transformer = part("transformer", "its transformer")
  static let autoencoder = part("vae", "its autoencoder")
  static let textEncoder = part("text_encoder", "its first text encoder, CLIP ViT-L")
  static let textEncoder2 = part("text_encoder_2", "its second text encoder, OpenCLIP ViT-bigG")
  static let textEncoder3 = part(
    "text_encoder_3", "its third text encoder, T5 XXL; zeros stand for it", isOptional: true)
  static let tokenizer = part("tokenizer", "vocab.json and merges.txt")
  static let tokenizer2 = part("tokenizer_2", "the same, padded otherwise", isOptional: true)
  static let tokenizer3 = part("tokenizer_3", "T5's spiece.model or tokenizer.json, for prompts", isOptional: true)
  static let schedule = part("scheduler", "its noise schedule", isOptional: true)

  private static let source = "stabilityai/stable-diffusion-3-medium"

  /// The networks in their authors' own layout, with text encoders or without.
  static let singleFile = ModelPart(
    "single file",
    places: [
      "sd3_medium_incl_clips_t5xxlfp16.safetensors", "sd3_medium_incl_clips.safetensors", "sd3_medium.safetensors",
      "sd3.5_medium.safetensors",
    ],
    summary:
      "Stable Diffusion 3: transformer and autoencoder in one file, in place of the folders; the tokenizer is needed "
      + "beside it for prompts", source: source, isOptional: true)
  static let clipL = file("clip_l", ["clip_l"], "its first text encoder, for a single file without")
  static let clipG = file("clip_g", ["clip_g"], "its second text encoder, for a single file without")
  static let t5 = file("t5xxl", ["t5xxl_fp16", "t5xxl"], "its third text encoder, for a single file without")

  /// All, in the order in which they are shown.
  static let all = [
    transformer, autoencoder, textEncoder, textEncoder2, textEncoder3, tokenizer, tokenizer2, tokenizer3, schedule,
    singleFile, clipL, clipG, t5,
  ]

  private static func part(_ name: String, _ what: String, isOptional: Bool = false) -> ModelPart {
    let bases = [
      "stable-diffusion-3-medium-diffusers", "stable-diffusion-3-medium", "stable-diffusion-3.5-medium",
    ]
    return ModelPart(
      name, places: [name] + bases.map { $0 + "/" + name }, summary: "Stable Diffusion 3: \(what)",
      source: source + "-diffusers", isOptional: isOptional)
  }

  private static func file(_ name: String, _ files: [String], _ what: String) -> ModelPart {
    ModelPart(
      name, places: files.flatMap { ["\($0).safetensors", "text_encoders/\($0).safetensors"] },
      summary: "Stable Diffusion 3: \(what)", source: source, isOptional: true)
  }
}
