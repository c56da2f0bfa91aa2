import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

/// The tiny networks and conditions of a recorded run of SeeSR: `Tests/Fixtures/Oracles/README.md`.
struct TinySteered {
  let networks: SteeredUNet
  let codec: LatentCodec
  let conditions: SteeredConditions

  /// - Parameters:
  ///   - embedding: Stands in for the ControlNet's way of seeing the picture.
  ///   - dtype: What the networks compute in.
  init(embedding: (any ConditionEncoder)? = nil, dtype: DType = .float32) throws {
    try Machine.setThreadCount(1)
    let file = try SafetensorsFile(path: Fixture.path("Oracles/seesr-sampler.safetensors"))
    let text = try #require(file.metadata["config"])
    let parts = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    func config<Config: Decodable>(_ part: String, _ type: Config.Type) throws -> Config {
      try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: #require(parts[part])))
    }
    func load<Network>(_ part: String, _ build: (ParameterPath) throws -> Network) throws -> Network {
      try ParameterLoader.load(
        PrefixedSource(file, prefix: "w/\(part)."), component: part, dtype: dtype,
        ignoring: { embedding != nil && $0.hasPrefix("controlnet_cond_embedding.") }, build)
    }
    let (unet, control) = (try config("unet", UNetConfig.self), try config("controlnet", UNetConfig.self))
    networks = SteeredUNet(
      try load("unet") { try UNet2DCondition($0, unet) },
      try load("controlnet") {
        if let embedding { return try ControlNet($0, control, embedding: embedding) }
        return try ControlNet($0, control)
      })
    let vae = try config("vae", AutoencoderKLConfig.self)
    codec = LatentCodec(try load("vae") { try AutoencoderKL($0, vae) })
    conditions = SteeredConditions(
      picture_BCHW: try file.tensor("in/image"), prompt_BLD: try file.tensor("in/prompt_embeds"),
      negativePrompt_BLD: try file.tensor("in/negative_prompt_embeds"),
      imageTokens_BLD: try file.tensor("in/ram_encoder_hidden_states"))
  }

  /// A picture of another size under the same words.
  func conditions(height: Int, width: Int) throws -> SteeredConditions {
    var conditions = conditions
    conditions.picture_BCHW = try conditions.picture_BCHW.resized(height: height, width: width, .bilinear)
    return conditions
  }
}

/// Counts how often a picture is looked at, and sees its mean brightness alone.
final class CountingEncoder: ConditionEncoder {
  private(set) var pictures: [Tensor] = []

  func callAsFunction(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor {
    pictures.append(condition_BCHW)
    return try condition_BCHW.mean([1], keepingAxes: true).resized(
      height: condition_BCHW.size(2) / 8, width: condition_BCHW.size(3) / 8, .bilinear
    ).repeated([1, 8, 1, 1])
  }
}

/// The largest difference of two tensors.
func distance(_ a: Tensor, _ b: Tensor) throws -> Double { try (a - b).abs().maximum().item() }
