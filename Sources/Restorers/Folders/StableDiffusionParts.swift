/// The parts of Stable Diffusion 2 that systems on top of it use unchanged.
enum StableDiffusionParts {
  /// Folders of the base model, as their publishers call them.
  private static let bases = ["stable-diffusion-2-base", "stable-diffusion-2-1-base"]

  static let autoencoder = part("vae", "its autoencoder")
  static let textEncoder = part("text_encoder", "its text encoder, OpenCLIP ViT-H")
  static let tokenizer = part("tokenizer", "vocab.json and merges.txt")
  static let schedule = part("scheduler", "its noise schedule", isOptional: true)

  private static func part(_ name: String, _ what: String, isOptional: Bool = false) -> ModelPart {
    ModelPart(
      name, places: [name] + bases.map { $0 + "/" + name }, summary: "Stable Diffusion 2: \(what)",
      source: "stabilityai/stable-diffusion-2-base", isOptional: isOptional)
  }
}
