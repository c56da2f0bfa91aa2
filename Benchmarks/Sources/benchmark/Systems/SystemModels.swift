import Checkpoints
import Foundation
import Priors
import Restorers

/// A model folder with the large systems at their real sizes, of random weights, made once and kept.
struct SystemModels {
  /// What `BURNISH_HOME` shall be.
  let folder: String
  private let parity: String

  /// Prepares what is missing.
  /// - Parameters:
  ///   - folder: Where the models shall lie, 9 GB.
  ///   - parity: The development tool that fabricates weights.
  ///   - tokenizer: A folder with `vocab.json` and `merges.txt`.
  init(folder: String, parity: String, tokenizer: String) throws {
    self.folder = folder
    self.parity = parity
    try steered("seesr")
    // The same layout; files of their own would say nothing more.
    for part in ["unet", "controlnet"] { try link("../seesr/\(part)", at: "addsr/\(part)") }
    try base(tokenizer: tokenizer)
    try tagger()
    try stableSR()
  }

  private func steered(_ name: String) throws {
    var config = UNetConfig()
    config.imageCrossAttentionWidth = 512
    try fabricate("\(name)/unet/diffusion_pytorch_model.safetensors", "unet2d-condition") {
      _ = try UNet2DCondition($0, config)
    }
    try fabricate("\(name)/controlnet/diffusion_pytorch_model.safetensors", "controlnet") {
      _ = try ControlNet($0, config)
    }
  }

  private func base(tokenizer: String) throws {
    let base = "stable-diffusion-2-base"
    try fabricate("\(base)/vae/diffusion_pytorch_model.safetensors", "autoencoder-kl") {
      _ = try AutoencoderKL($0, AutoencoderKLConfig())
    }
    try fabricate("\(base)/text_encoder/model.safetensors", "clip-text") { _ = try CLIPTextModel($0, .openCLIPH) }
    for name in ["vocab.json", "merges.txt"] {
      let target = path("\(base)/tokenizer/\(name)")
      guard !FileManager.default.fileExists(atPath: target) else { continue }
      try makeFolder(of: target)
      try FileManager.default.copyItem(atPath: tokenizer + "/" + name, toPath: target)
    }
  }

  private func tagger() throws {
    let config = TaggerConfig()
    try fabricate("ram_swin_large_14m.safetensors", "ram-swin") { _ = try ImageTagger($0, config) }
    try fabricate("DAPE.safetensors", "ram-swin") { path in
      for (stage, depth) in config.depths.enumerated() {
        let width = config.embedWidth << stage
        for block in 0..<depth {
          try lora(
            path / "visual_encoder" / "layers" / stage / "blocks" / block / "attn" / "qkv",
            down: [2 * config.lora.rank, width], up: [2 * width, config.lora.rank])
        }
      }
      for layer in 0..<config.decoder.layers {
        for (name, inputs) in [("query", config.decoder.width), ("key", config.imageEmbedWidth)] {
          try lora(
            path / "tagging_head" / "encoder" / "layer" / layer / "crossattention" / "self" / name,
            down: [config.lora.rank, inputs], up: [config.decoder.width, config.lora.rank])
        }
      }
    }
    // With such thresholds random scores give a few tags.
    for (name, line) in [(TagList.namesFile, { "tag \($0)" }), (TagList.thresholdsFile, { _ in "0.99" })]
      as [(String, (Int) -> String)]
    {
      let text = (0..<config.tagCount).map { line($0) + "\n" }.joined()
      try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }
  }

  private func lora(_ path: ParameterPath, down: [Int], up: [Int]) throws {
    _ = try path.take("lora_A", down, .uniform(fanIn: down[1]))
    _ = try path.take("lora_B", up, .zeros)
  }

  private func stableSR() throws {
    let config = StableSRConfig()
    var stored: [String: [Int]] = [:]
    func add(_ prefix: String, _ keys: KeyMap, _ build: (ParameterPath) throws -> Void) throws {
      for (name, shape) in try shapes(build) {
        stored[prefix + keys.stored(of: name)] = keys.storedShape(of: name, shape)
      }
    }
    try add("model.diffusion_model.", config.unet.latentDiffusionKeys) { _ = try UNet2DCondition($0, config.unet) }
    try add("structcond_stage_model.", config.encoder.latentDiffusionKeys) {
      _ = try TimeAwareEncoder($0, config.encoder)
    }
    let names = OpenCLIPKeyMap(layers: config.text.layers, width: config.text.width, projection: false).origins
    for (name, shape) in try shapes({ _ = try CLIPTextModel($0, config.text) }) {
      guard let origin = names[name] else { continue }
      // Queries, keys and values lie in one tensor, the values last.
      let rows = max(origin.rows?.upperBound ?? shape[0], stored["cond_stage_model.model." + origin.key]?.first ?? 0)
      stored["cond_stage_model.model." + origin.key] = [rows] + shape.dropFirst()
    }
    try fabricate("stablesr/stablesr_000117.safetensors", "stablesr", shapes: stored)
    let wrapping = FeatureWrappingConfig()
    let keys = wrapping.latentDiffusionKeys
    try fabricate(
      "stablesr/vqgan_cfw_00011.safetensors", "stablesr-cfw",
      shapes: Dictionary(
        uniqueKeysWithValues: shapes { _ = try FeatureWrappingAutoencoder($0, wrapping) }.map {
          (keys.stored(of: $0), keys.storedShape(of: $0, $1))
        }))
  }

  private func fabricate(_ name: String, _ component: String, _ build: (ParameterPath) throws -> Void) throws {
    try fabricate(name, component, shapes: try shapes(build))
  }

  private func shapes(_ build: (ParameterPath) throws -> Void) throws -> [String: [Int]] {
    let recorder = ParameterRecorder()
    try build(ParameterLoader(recorder).root)
    return recorder.shapes
  }

  private func fabricate(_ name: String, _ component: String, shapes: [String: [Int]]) throws {
    let target = path(name)
    guard !FileManager.default.fileExists(atPath: target) else { return }
    FileHandle.standardError.write(Data("fabricating \(name)\n".utf8))
    try makeFolder(of: target)
    let manifest: [String: Any] = ["component": component, "config": [String: Any](), "tensors": shapes]
    let manifestPath = target + ".manifest.json"
    try JSONSerialization.data(withJSONObject: manifest).write(to: URL(fileURLWithPath: manifestPath))
    defer { try? FileManager.default.removeItem(atPath: manifestPath) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: parity)
    process.arguments = ["--fabricate", manifestPath, "-o", target, "--dtype", "bf16"]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("fabricating '\(target)' with '\(parity)' failed; run `make build` first")
    }
  }

  private func link(_ destination: String, at name: String) throws {
    let target = path(name)
    guard !FileManager.default.fileExists(atPath: target) else { return }
    try makeFolder(of: target)
    try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: destination)
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  }
}
