/// The two ways in which SeeSR is published: on Stable Diffusion 2, and with SD-Turbo's U-Net under its own transformers.
public enum SeeSRVariant: Sendable, Hashable {
  /// 50 guided steps.
  case standard
  /// Two steps without guidance.
  case turbo

  /// What `--model` calls it.
  public var name: String { self == .standard ? "seesr" : "seesr-turbo" }

  /// The release's choices.
  var settings: SeeSRSettings { self == .standard ? SeeSRSettings() : .turbo }

  /// What a request asks for. Above the middle, fidelity f begins earlier, down to time 599 at 1. Where there is guidance
  /// it is also `1 + 9 (1 - f)`, which is the release's 5.5 in the middle; a distilled U-Net bears none.
  func settings(_ request: RestorationRequest) -> SeeSRSettings {
    var settings = settings
    settings.steps = request.steps ?? settings.steps
    if let fidelity = request.fidelity {
      if self == .standard { settings.guidance = 1 + 9 * (1 - fidelity) }
      settings.start = .picture(time: 999 - (800 * max(fidelity - 0.5, 0)).rounded())
    }
    return settings
  }

  /// The U-Net whose image transformers SeeSR trained.
  var unet: ModelPart {
    let own = self == .standard ? ["unet"] : []
    return ModelPart(
      self == .standard ? "unet" : "seesr/unet", places: own + ["seesr/unet"],
      summary: "SeeSR's U-Net with its image transformers", source: SteeredParts.source)
  }

  /// Whose U-Net denoises under them: nil for the one that they come with.
  var prior: ModelPart? {
    guard self == .turbo else { return nil }
    return ModelPart(
      "unet", places: ["sd-turbo/unet", "unet"], summary: "SD-Turbo: its U-Net", source: "stabilityai/sd-turbo")
  }

  var controlNet: ModelPart {
    let own = self == .standard ? ["controlnet"] : []
    return ModelPart(
      "controlnet", places: own + ["seesr/controlnet"], summary: "SeeSR's ControlNet", source: SteeredParts.source)
  }

  /// What autoencoder, text encoder and schedule come from.
  var base: StableDiffusionParts { self == .standard ? .two : .turbo }

  /// All files.
  var parts: [ModelPart] { [unet, prior, controlNet].compactMap(\.self) + base.all + SteeredParts.tagging }
}
