package import Checkpoints
internal import Foundation
package import Priors
package import Torch

/// Stable Diffusion 2 as training on top of it needs it: frozen, and loaded once.
package struct StableDiffusionPrior {
  /// From pictures to latents and back.
  package let codec: LatentCodec
  /// The noise schedule.
  package let schedule: SchedulerConfig
  /// The tokens of prompts, `[1, L, D]` each.
  package let tokens: (_ prompts: [String]) throws -> [Tensor]
  private let folder: ModelFolder
  private let dtype: DType
  private let device: Device

  /// Opens autoencoder, text encoder, tokenizer and schedule.
  /// - Parameters:
  ///   - path: The base model's folder in the published layout, or one that holds it.
  ///   - model: What is being trained, for messages.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  package init(_ path: String, model: String, dtype: DType, device: Device) throws {
    folder = ModelFolder(path, model: model)
    self.dtype = dtype
    self.device = device
    let base = StableDiffusionFolder(folder: folder, dtype: dtype, device: device)
    codec = LatentCodec(try base.autoencoder())
    schedule = try base.schedule()
    tokens = try base.reader()
  }

  /// The base U-Net's sizes, its weights as they are stored, and frozen ones to compute with.
  package func unet() throws -> (config: UNetConfig, stored: any ParameterSource, frozen: FrozenWeights) {
    let part = ModelPart(
      "unet", places: ["stable-diffusion-2-base/unet", "stable-diffusion-2-1-base/unet", "unet"],
      summary: "Stable Diffusion 2: its U-Net", source: "stabilityai/stable-diffusion-2-base")
    let path = try folder.require(part)
    var config = try ConfigFile.read(UNetConfig.self, path: path + "/config.json") ?? UNetConfig()
    config.imageCrossAttentionWidth = nil
    // SeeSR's own file is Stable Diffusion's under its image transformers.
    let stored = try openCheckpoint(path)
    let frozen = try FrozenWeights(
      stored, dtype: dtype, device: device, dropping: { $0.contains("image_attentions.") })
    return (config, stored, frozen)
  }

  /// The tagger, with DAPE's adaptation where it is there.
  package func tagger() throws -> PictureReader {
    let steered = SteeredFolder(folder, dtype: dtype, device: device)
    let tagger = try steered.tagger()
    return PictureReader(tagger)
  }

  /// Lets a model's folder stand by itself: links to the parts that it shares with this one.
  /// - Parameter path: The model's folder.
  package func link(into path: String, except own: Set<String> = []) throws {
    let base = StableDiffusionParts.two
    for part in base.all + SteeredParts.tagging {
      guard let found = folder.find(part), let place = part.places.first, !own.contains(place) else { continue }
      try Self.link(found, as: path + "/" + place)
    }
    if let weights = folder.find(SteeredParts.tagger) {
      let config = URL(fileURLWithPath: weights).deletingLastPathComponent().path + "/" + SteeredParts.taggerConfig
      if FileManager.default.fileExists(atPath: config) {
        try Self.link(config, as: path + "/" + SteeredParts.taggerConfig)
      }
    }
  }

  static func link(_ target: String, as place: String) throws {
    let files = FileManager.default
    var target = URL(fileURLWithPath: target).standardizedFileURL.path
    // A checkpoint of the other kind keeps its ending.
    var place = place
    let (wanted, given) = (URL(fileURLWithPath: place).pathExtension, URL(fileURLWithPath: target).pathExtension)
    if !wanted.isEmpty, !given.isEmpty, wanted != given { place = String(place.dropLast(wanted.count)) + given }
    if (try? files.destinationOfSymbolicLink(atPath: place)) == target { return }
    if target.hasSuffix("/") { target.removeLast() }
    do {
      if (try? files.attributesOfItem(atPath: place)) != nil { try files.removeItem(atPath: place) }
      try files.createSymbolicLink(atPath: place, withDestinationPath: target)
    } catch {
      throw CheckpointError(.unwritable, "linking '\(target)' as '\(place)': \(error.localizedDescription)")
    }
  }
}

/// The tagger for training: tokens and tags of pictures.
package struct PictureReader {
  let tagger: PictureTagger

  init(_ tagger: PictureTagger) { self.tagger = tagger }

  /// Tokens of pictures in 0…1, as the restorer makes them of the low-quality ones: `[B, L, D]`.
  package func tokens(of picture_BCHW: Tensor) throws -> Tensor {
    try tagger.encoder.tokens(of: picture_BCHW, resampling: .bilinear)
  }

  /// What is on a picture, `[1, 3, H, W]` in 0…1: names with commas between.
  package func words(of picture_BCHW: Tensor) throws -> String {
    try tagger.read(picture_BCHW).names.joined(separator: ", ")
  }
}
