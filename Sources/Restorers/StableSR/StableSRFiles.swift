internal import Checkpoints
internal import Foundation

/// The files of a StableSR model and what their names say.
struct StableSRFiles {
  /// The folder that holds the files.
  let folder: ModelFolder
  /// U-Net, encoder, text encoder.
  let main: String
  /// The autoencoder with feature wrapping.
  let featureWrapping: String
  /// What the networks were trained for.
  let variant: StableSRVariant

  private static let source = "huggingface.co/Iceclear/StableSR"

  private static func part(_ name: String, _ stem: String, _ summary: String) -> ModelPart {
    ModelPart(
      name, places: ["\(stem).safetensors", "\(stem).ckpt", "\(stem).pth"], summary: summary, source: source)
  }

  static let base512 = part("512", "stablesr_000117", "the 512-pixel model: 200 steps")
  static let turbo = part("turbo", "stablesr_turbo", "the model on SD-Turbo: 4 steps")
  static let velocity768 = part("768v", "stablesr_768v_000139", "the 768-pixel model: 20 guided steps")
  static let wrapping = part("CFW", "vqgan_cfw_00011", "the autoencoder with controllable feature wrapping")
  static let tokenizer = ModelPart(
    "tokenizer", places: StableDiffusionParts.two.tokenizer.places,
    summary: "vocab.json and merges.txt, for prompts; without prompts it is not needed",
    source: StableDiffusionParts.two.tokenizer.source, isOptional: true)

  /// The main files, most wanted first where a folder has several: name another one's path to get that.
  static let mains: [(part: ModelPart, variant: StableSRVariant)] = [
    (base512, .base512), (turbo, .turbo), (velocity768, .velocity768),
  ]

  /// True for a folder with a main file, and for a main file.
  static func recognises(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
    if isFolder.boolValue {
      let folder = ModelFolder(path, model: "stablesr")
      return mains.contains { folder.holds($0.part) }
    }
    return (path as NSString).lastPathComponent.hasPrefix("stablesr_")
  }

  /// - Parameter path: A folder, or a main file.
  init(_ path: String) throws(CheckpointError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, !isFolder.boolValue {
      folder = ModelFolder(
        (path as NSString).deletingLastPathComponent.isEmpty
          ? "." : (path as NSString).deletingLastPathComponent, model: "stablesr")
      main = path
      let name = (path as NSString).lastPathComponent
      variant = name.contains("turbo") ? .turbo : name.contains("768v") ? .velocity768 : .base512
    } else {
      folder = ModelFolder(path, model: "stablesr")
      let found = Self.mains.first { [folder] in folder.holds($0.part) } ?? Self.mains[0]
      main = try folder.require(found.part)
      variant = found.variant
    }
    featureWrapping = try folder.require(Self.wrapping)
  }
}
