import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// Networks' parameters as their authors' files have them, made from those under diffusers' names: the other direction.
enum OriginalLayout {
  /// What a table of origins undoes: rows are stacked, halves exchanged, matrices turned.
  static func written(_ named: [String: Tensor], _ origins: [String: RenamedSource.Origin]) throws -> [String: Tensor] {
    var stored: [String: Tensor] = [:]
    var rows: [String: [(first: Int, part: Tensor)]] = [:]
    for (name, tensor) in named {
      guard let origin = origins[name] else {
        stored[name] = tensor
        continue
      }
      var tensor = tensor
      switch origin.change {
      case .halvesSwapped: tensor = try .concatenated(tensor.chunks(2, axis: 0).reversed(), axis: 0)
      case .transposed: tensor = try tensor.transposed(0, 1).contiguous()
      default: break
      }
      if let range = origin.rows {
        rows[origin.key, default: []].append((range.lowerBound, tensor))
      } else {
        stored[origin.key] = tensor
      }
    }
    for (key, parts) in rows {
      stored[key] = try .concatenated(parts.sorted { $0.first < $1.first }.map(\.part), axis: 0)
    }
    return stored
  }

  /// Stable Diffusion XL's file.
  static func sdxl(
    unet: [String: Tensor], autoencoder: [String: Tensor], textEncoder: [String: Tensor],
    textEncoder2: [String: Tensor], unetConfig: UNetConfig, autoencoderConfig: AutoencoderKLConfig,
    textConfig2: CLIPTextConfig
  ) throws -> [String: Tensor] {
    let openCLIP = OpenCLIPKeyMap(layers: textConfig2.layers, width: textConfig2.width, projection: true)
    return joined([
      ("model.diffusion_model.", try unetConfig.latentDiffusionKeys.writing(unet)),
      ("first_stage_model.", try autoencoderConfig.latentDiffusionKeys.writing(autoencoder)),
      ("conditioner.embedders.0.transformer.", textEncoder),
      ("conditioner.embedders.1.model.", try written(textEncoder2, openCLIP.origins)),
    ])
  }

  /// Stable Diffusion 3's file; text encoders only where they are given.
  static func sd3(
    transformer: [String: Tensor], autoencoder: [String: Tensor], texts: [(String, [String: Tensor])],
    transformerConfig: SD3TransformerConfig, autoencoderConfig: AutoencoderKLConfig
  ) throws -> [String: Tensor] {
    joined(
      [
        ("model.diffusion_model.", try written(transformer, transformerConfig.originalKeys.origins)),
        ("first_stage_model.", try autoencoderConfig.latentDiffusionKeys.writing(autoencoder)),
      ] + texts.map { ("text_encoders.\($0.0).transformer.", $0.1) })
  }

  private static func joined(_ parts: [(prefix: String, tensors: [String: Tensor])]) -> [String: Tensor] {
    var all: [String: Tensor] = [:]
    for (prefix, tensors) in parts {
      for (key, tensor) in tensors { all[prefix + key] = tensor }
    }
    return all
  }
}

/// A published layout: `Tests/Fixtures/Manifests/README.md`.
struct PublishedLayout {
  let shapes: [String: [Int]]
  private let json: Data

  init(_ name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/\(name).json")))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    shapes = try #require(root["tensors"] as? [String: [Int]])
    json = try JSONSerialization.data(withJSONObject: #require(root["config"]))
  }

  func config<Config: Decodable>(_ type: Config.Type) throws -> Config { try JSONDecoder().decode(type, from: json) }

  /// Tensors without memory.
  func tensors() throws -> [String: Tensor] { try shapes.mapValues { try .empty($0, device: .meta) } }
}

/// A file in which only keys and shapes matter.
struct LayoutFile: Checkpoint {
  let tensors: [String: Tensor]
  let name = "layout"
  let metadata: [String: String] = [:]
  var keys: Set<String> { Set(tensors.keys) }
  func shape(of key: String) -> [Int]? { tensors[key]?.shape }
  func typeName(of key: String) -> String? { tensors[key] == nil ? nil : "F16" }
  func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let tensor = tensors[key] else { throw CheckpointError(.mismatch, "no \(key)") }
    return tensor
  }
}
