import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

/// A recorded network of StableSR: `Tests/Fixtures/Oracles/README.md`.
struct StableSROracle {
  let file: SafetensorsFile

  init(_ name: String) throws {
    try Machine.setThreadCount(1)
    file = try SafetensorsFile(path: Fixture.path("Oracles/stablesr-\(name).safetensors"))
  }

  func config<Config: Decodable>(_ type: Config.Type) throws -> Config {
    try JSONDecoder().decode(type, from: Data(#require(file.metadata["config"]).utf8))
  }

  func load<Network>(_ keys: KeyMap, _ build: (ParameterPath) throws -> Network) throws -> Network {
    try ParameterLoader.load(keys.reading(PrefixedSource(file, prefix: "w/")), component: "a fixture", build)
  }

  /// Throws unless a tensor is the recorded one within the fixture's own tolerance.
  func expect(_ actual: Tensor, _ key: String) throws {
    let tolerance = try #require(Double(file.metadata["atol"] ?? ""))
    let difference = try Difference(actual, file.tensor("out/" + key), absolute: tolerance, relative: tolerance)
    #expect(difference.isClose, "\(key): \(difference.absolute)")
  }
}

/// StableSR's networks at the size of the recorded ones: two levels of the U-Net, four of the autoencoder.
struct TinyStableSR {
  let loop: StableSRLoop
  let prompt_BLD: Tensor
  let negativePrompt_BLD: Tensor

  /// Tiles of 8 latent pixels that share 4.
  static let variant = StableSRVariant(
    parametrisation: .epsilon, tileSide: 8, tileOverlap: 4, settings: StableSRSettings())

  init(variant: StableSRVariant = TinyStableSR.variant) throws {
    let (unet, encoder, wrapping) = (
      try StableSROracle("unet"), try StableSROracle("encoder"), try StableSROracle("cfw")
    )
    let unetConfig = try unet.config(LatentDiffusionUNetConfig.self).network
    let encoderConfig = try encoder.config(TimeAwareEncoderConfig.self)
    let wrappingConfig = try wrapping.config(FeatureWrappingConfig.self)
    loop = StableSRLoop(
      StructureSteeredUNet(
        try unet.load(unetConfig.latentDiffusionKeys) { try UNet2DCondition($0, unetConfig) },
        try encoder.load(encoderConfig.latentDiffusionKeys) { try TimeAwareEncoder($0, encoderConfig) }),
      try wrapping.load(wrappingConfig.latentDiffusionKeys) { try FeatureWrappingAutoencoder($0, wrappingConfig) },
      variant: variant)
    prompt_BLD = try .randn([1, 7, 12], generator: Generator(seed: 1))
    negativePrompt_BLD = try .randn([1, 7, 12], generator: Generator(seed: 2))
  }

  /// A smooth picture with some grain.
  static func picture(height: Int, width: Int) throws -> Tensor {
    let coarse = try Tensor.rand([1, 3, 4, 4], generator: Generator(seed: 3))
    let grain = try Tensor.randn([1, 3, height, width], generator: Generator(seed: 4)) * 0.05
    return try (coarse.resized(height: height, width: width, .bilinear) + grain).clamped(min: 0, max: 1)
  }
}

/// Words of a `DecodingError` about a value.
func decodingMessage<Value: Decodable>(_ type: Value.Type, _ json: String) -> String {
  do {
    _ = try JSONDecoder().decode(type, from: Data(json.utf8))
    return "nothing was refused"
  } catch DecodingError.dataCorrupted(let context) {
    return context.debugDescription
  } catch {
    return "\(error)"
  }
}
