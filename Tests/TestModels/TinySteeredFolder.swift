internal import Checkpoints
internal import Foundation
internal import Priors
public import TestSupport
public import Torch

/// A model folder in the layout of SeeSR's and AddSR's authors, with the tiny networks of a recorded run of AddSR.
public struct TinySteeredFolder {
  /// Where it lies.
  public let folder: TemporaryFolder
  /// Tags that are always on.
  public static let tags = ["tag0", "tag2"]

  /// - Parameter system: The folder of U-Net and ControlNet; all other parts lie beside it.
  public init(system: String) throws {
    try Machine.setThreadCount(1)
    folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: Fixture.path("Oracles/addsr-sampler.safetensors"))
    let text = try present(file.metadata["config"])
    let config = try present(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let base = "stable-diffusion-2-base"
    for (part, path) in [("unet", "\(system)/unet"), ("controlnet", "\(system)/controlnet"), ("vae", "\(base)/vae")] {
      try write(weights(of: part, in: file), to: "\(path)/diffusion_pytorch_model.safetensors")
      try writeJSON(present(config[part]), to: "\(path)/config.json")
    }
    try writeText(width: present((config["unet"] as? [String: Any])?["cross_attention_dim"] as? Int), base: base)
    let tagger = try weights(of: "ram", in: file)
    try write(tagger.filter { !$0.key.contains("lora_") }, to: "ram_swin_large_14m.safetensors")
    try write(tagger.filter { $0.key.contains("lora_") }, to: "DAPE.safetensors")
    try writeJSON(present(config["ram"]), to: "ram_config.json")
    let count = try present((config["ram"] as? [String: Any])?["num_class"] as? Int)
    try write(lines: (0..<count).map { "tag\($0)" }, to: "ram_tag_list.txt")
    try write(
      lines: (0..<count).map { Self.tags.contains("tag\($0)") ? "0" : "1" }, to: "ram_tag_list_threshold.txt")
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { folder.file(name) }

  /// Removes a file or folder in it.
  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Adds the base model's own U-Net: that of the system, without image transformers.
  public func addBase(of system: String) throws {
    let unet = try SafetensorsFile(path: path("\(system)/unet/diffusion_pytorch_model.safetensors"))
    var weights: [String: Tensor] = [:]
    for key in unet.keys where !key.contains("image_attentions.") { weights[key] = try unet.tensor(key) }
    try write(weights, to: "stable-diffusion-2-base/unet/diffusion_pytorch_model.safetensors")
    try FileManager.default.copyItem(
      atPath: path("\(system)/unet/config.json"), toPath: path("stable-diffusion-2-base/unet/config.json"))
  }

  /// Adds SD-Turbo's folder: the base model's parts, and the U-Net without image transformers, its weights times a factor.
  public func addTurbo(factor: Double) throws {
    try? remove("sd-turbo")
    try FileManager.default.copyItem(atPath: path("stable-diffusion-2-base"), toPath: path("sd-turbo"))
    let unet = try SafetensorsFile(path: path("seesr/unet/diffusion_pytorch_model.safetensors"))
    var weights: [String: Tensor] = [:]
    for key in unet.keys where !key.contains("image_attentions.") { weights[key] = try unet.tensor(key) * factor }
    try write(weights, to: "sd-turbo/unet/diffusion_pytorch_model.safetensors")
  }

  /// Puts a drawn tagger of 32×32 pixels in place of the recorded one of 384×384, whose steps take hundreds of milliseconds.
  public func shrinkTagger() throws {
    let former = try present(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path("ram_config.json"))))
        as? [String: Any])
    var sizes = former
    let changes: [String: Any] = [
      "image_res": 32, "window_size": 2, "embed_dim": 8, "depths": [1, 2, 1], "num_heads": [1, 2, 2],
      "vision_width": 32,
    ]
    sizes.merge(changes) { $1 }
    let config = try JSONDecoder().decode(TaggerConfig.self, from: JSONSerialization.data(withJSONObject: sizes))
    let drawn = try ParameterInitialiser(seed: 4)
    _ = try ImageTagger(ParameterLoader(drawn).root, config)
    try write(drawn.drawn, to: "ram_swin_large_14m.safetensors")
    try write(ImageTagger.newLoRA(config, seed: 5), to: "DAPE.safetensors")
    try writeJSON(sizes, to: "ram_config.json")
  }

  private func writeText(width: Int, base: String) throws {
    let config: [String: Any] = [
      "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": 2, "num_attention_heads": 2,
      "hidden_act": "gelu", "architectures": ["CLIPTextModel"], "vocab_size": 2000,
    ]
    try writeJSON(config, to: "\(base)/text_encoder/config.json")
    let sizes = try JSONDecoder().decode(
      CLIPTextConfig.self, from: JSONSerialization.data(withJSONObject: config))
    let drawn = try ParameterInitialiser(seed: 3)
    _ = try CLIPTextModel(ParameterLoader(drawn).root, sizes)
    try write(drawn.drawn, to: "\(base)/text_encoder/model.safetensors")
    try makeFolder(of: "\(base)/tokenizer/vocab.json")
    for name in ["vocab.json", "merges.txt"] {
      try FileManager.default.copyItem(
        atPath: Fixture.path("Tokenizers/clip/\(name)"), toPath: path("\(base)/tokenizer/\(name)"))
    }
  }

  private func weights(of part: String, in file: SafetensorsFile) throws -> [String: Tensor] {
    let prefix = "w/\(part)."
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix(prefix) {
      weights[String(key.dropFirst(prefix.count))] = try file.tensor(key)
    }
    return weights
  }

  private func write(_ tensors: [String: Tensor], to name: String) throws {
    try makeFolder(of: name)
    try SafetensorsWriter.write(tensors, metadata: [:], to: path(name))
  }

  private func writeJSON(_ value: Any, to name: String) throws {
    try makeFolder(of: name)
    try JSONSerialization.data(withJSONObject: value).write(to: URL(fileURLWithPath: path(name)))
  }

  private func write(lines: [String], to name: String) throws {
    try (lines.joined(separator: "\n") + "\n").write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  private func makeFolder(of name: String) throws {
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path(name)).deletingLastPathComponent(), withIntermediateDirectories: true)
  }
}
