internal import Priors

/// The parts of a base model of the Stable Diffusion 2 family that systems on top of it use unchanged.
struct StableDiffusionParts: Sendable {
  let autoencoder: ModelPart
  let textEncoder: ModelPart
  let tokenizer: ModelPart
  let schedule: ModelPart
  /// What a run follows where the folder has no schedule.
  let defaultSchedule: @Sendable () -> SchedulerConfig

  /// What most systems stand on.
  static let two = StableDiffusionParts(
    "Stable Diffusion 2", folders: ["stable-diffusion-2-base", "stable-diffusion-2-1-base"],
    source: "stabilityai/stable-diffusion-2-base", defaultSchedule: { .stableDiffusion() })

  /// The same networks, distilled to few steps from times at the end of each stretch (999, 499 for two).
  static let turbo = StableDiffusionParts(
    "SD-Turbo", folders: ["sd-turbo"], source: "stabilityai/sd-turbo",
    defaultSchedule: {
      var schedule = SchedulerConfig.stableDiffusion()
      schedule.timestepSpacing = "trailing"
      return schedule
    })

  /// All of them, in the order in which they are shown.
  var all: [ModelPart] { [autoencoder, textEncoder, tokenizer, schedule] }

  /// - Parameters:
  ///   - title: What messages call the base model.
  ///   - folders: Its folder, as its publishers call it.
  ///   - source: Where they publish it.
  ///   - defaultSchedule: What a run follows where the folder has no schedule.
  private init(
    _ title: String, folders: [String], source: String, defaultSchedule: @escaping @Sendable () -> SchedulerConfig
  ) {
    func part(_ name: String, _ what: String, isOptional: Bool = false) -> ModelPart {
      ModelPart(
        name, places: [name] + folders.map { $0 + "/" + name }, summary: "\(title): \(what)", source: source,
        isOptional: isOptional)
    }
    autoencoder = part("vae", "its autoencoder")
    textEncoder = part("text_encoder", "its text encoder, OpenCLIP ViT-H")
    tokenizer = part("tokenizer", "vocab.json and merges.txt")
    schedule = part("scheduler", "its noise schedule", isOptional: true)
    self.defaultSchedule = defaultSchedule
  }
}
