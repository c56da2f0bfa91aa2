import Checkpoints
import Foundation
import Priors

/// Folders of fabricated models in the published layout, made once and kept.
struct PreparedModels {
  private let folder: String
  /// Inputs of every task.
  let inputs: String

  /// Prepares what is missing in `cache`.
  /// - Parameters:
  ///   - configs: A folder with `unet.json`, `controlnet.json` and `vae.json`, published configurations.
  ///   - parity: The development tool that fabricates weights.
  ///   - tasks: What is going to be measured.
  init(cache: String, configs: String, parity: String, dtype: ComputeType, tasks: [TaskName]) throws {
    folder = cache + "/" + dtype.rawValue
    inputs = cache + "/" + BenchmarkInputs.fileName
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: inputs) { try BenchmarkInputs.write(to: inputs) }
    for component in Component.allCases where tasks.contains(where: { Component($0) == component }) {
      try prepare(component, config: configs + "/" + component.rawValue + ".json", parity: parity, dtype: dtype)
    }
  }

  /// The model's folder of a task.
  func folder(of task: TaskName) -> String? {
    Component(task).map { folder + "/" + $0.rawValue }
  }

  private enum Component: String, CaseIterable {
    case unet, controlnet, vae, sdxl, sd3, flux

    /// What a task runs; nil for the starter, which has weights of its own.
    init?(_ task: TaskName) {
      switch task {
      case .unet, .start: self = .unet
      case .controlnet: self = .controlnet
      case .vaeEncode, .vaeDecode: self = .vae
      case .sdxl, .sdxlAdapter: self = .sdxl
      case .sd3, .sd3Adapter: self = .sd3
      case .flux, .fluxAdapter: self = .flux
      case .starter: return nil
      }
    }

    /// What the parity tool calls it.
    var parityName: String {
      switch self {
      case .unet: "unet2d-condition"
      case .controlnet: "controlnet"
      case .vae: "autoencoder-kl"
      case .sdxl: "unet2d-condition-sdxl"
      case .sd3: "sd3-transformer"
      case .flux: "flux-transformer"
      }
    }

    /// The sizes of every tensor, as the component itself asks for them.
    func layout(_ config: Data) throws -> [String: [Int]] {
      let recorder = ParameterRecorder()
      let root = ParameterLoader(recorder).root
      switch self {
      case .unet, .sdxl: _ = try UNet2DCondition(root, try JSONDecoder().decode(UNetConfig.self, from: config))
      case .controlnet: _ = try ControlNet(root, try JSONDecoder().decode(UNetConfig.self, from: config))
      case .sd3: _ = try SD3Transformer(root, try JSONDecoder().decode(SD3TransformerConfig.self, from: config))
      case .flux:
        _ = try FluxTransformer(root, try JSONDecoder().decode(FluxTransformerConfig.self, from: config))
      case .vae: _ = try AutoencoderKL(root, try JSONDecoder().decode(AutoencoderKLConfig.self, from: config))
      }
      return recorder.shapes
    }
  }

  private func prepare(_ component: Component, config path: String, parity: String, dtype: ComputeType) throws {
    let target = folder + "/" + component.rawValue
    let weights = target + "/diffusion_pytorch_model.safetensors"
    let config = try Data(contentsOf: URL(fileURLWithPath: path))
    if FileManager.default.fileExists(atPath: weights),
      FileManager.default.contents(atPath: target + "/config.json") == config
    {
      return
    }
    FileHandle.standardError.write(Data("fabricating \(component.rawValue) weights in \(dtype.rawValue)\n".utf8))
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    let manifest: [String: Any] = [
      "component": component.parityName, "config": try JSONSerialization.jsonObject(with: config),
      "tensors": try component.layout(config),
    ]
    let manifestPath = target + "/manifest.json"
    try JSONSerialization.data(withJSONObject: manifest).write(to: URL(fileURLWithPath: manifestPath))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: parity)
    process.arguments = ["--fabricate", manifestPath, "-o", weights, "--dtype", dtype.rawValue]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("fabricating \(component.rawValue) weights with '\(parity)' failed; run `make build` first")
    }
    try config.write(to: URL(fileURLWithPath: target + "/config.json"))
  }
}
