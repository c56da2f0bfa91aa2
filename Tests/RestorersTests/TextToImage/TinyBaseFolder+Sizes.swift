import Priors
import TestModels

@testable import Restorers

extension TinyBaseFolder {
  /// The sizes of the networks, as a single file's reader has to be told.
  func sdxlConfig() throws -> SDXLConfig {
    var sizes = SDXLConfig()
    sizes.unet = try decoded(config["unet"])
    sizes.autoencoder = try decoded(config["vae"])
    sizes.schedule = try decoded(config["scheduler"])
    sizes.textEncoder = try decoded(clip(0))
    sizes.textEncoder2 = try decoded(clip(1))
    return sizes
  }

  func sd3Config() throws -> SD3Config {
    var sizes = SD3Config()
    sizes.transformer = try decoded(config["transformer"])
    sizes.autoencoder = try decoded(config["vae"])
    sizes.schedule = try decoded(config["scheduler"])
    sizes.textEncoder = try decoded(clip(0, architecture: "CLIPTextModel"))
    sizes.textEncoder2 = try decoded(clip(1))
    sizes.textEncoder3 = try decoded(Self.t5)
    return sizes
  }
}
