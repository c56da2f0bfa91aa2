import Checkpoints
import Foundation
import Priors
import Restorers

/// The layout of StableSR's main file: U-Net, encoder, autoencoder and text encoder.
struct StableSRModelComponent: ParityComponent {
  let names = ["stablesr"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    throw ParityError("'stablesr' is the layout of a whole checkpoint; its networks have fixtures of their own")
  }

  func source(_ config: Data, over layout: any ParameterSource) throws -> any ParameterSource {
    StableSRCheckpoint(layout, try JSONDecoder().decode(StableSRConfig.self, from: config))
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    let config = try JSONDecoder().decode(StableSRConfig.self, from: config)
    _ = try UNet2DCondition(path / "unet", config.unet)
    _ = try TimeAwareEncoder(path / "encoder", config.encoder)
    _ = try AutoencoderKL(path / "autoencoder", config.autoencoder)
    _ = try CLIPTextModel(path / "text", config.text)
  }
}
