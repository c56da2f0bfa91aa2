import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// A model folder of a Diffusion Restoration Adapter: a tiny base model in diffusers' layout, and an adapter for it.
struct TinyAdapterFolder {
  let base: TinyBaseFolder

  /// A system and what differs with it.
  enum System: String, CaseIterable, CustomTestStringConvertible {
    case sdxl = "sdxl-adapter"
    case sd3 = "sd3-adapter"

    var kind: TinyBaseFolder.Kind { self == .sdxl ? .sdxl : .sd3 }
    var testDescription: String { rawValue }
  }

  let system: System

  /// - Parameter isTrained: False leaves the adapter as it begins: without any effect.
  init(_ system: System, isTrained: Bool = true) throws {
    self.system = system
    base = try TinyBaseFolder(system.kind)
    try base.writeFolders()
    try writeAdapter(isTrained: isTrained)
  }

  var path: String { base.folder.path }

  func restorer() throws -> any Restorer {
    let entry = try #require(RestorerRegistry.entry(named: system.rawValue))
    return try entry.load(path, .float32, .cpu)
  }

  func backbone() throws -> AdapterBackbone {
    switch system {
    case .sdxl: .unet(try base.sdxlConfig().unet)
    case .sd3: .transformer(try base.sd3Config().transformer)
    }
  }

  func config() -> RestorationAdapterConfig {
    switch system {
    case .sdxl:
      var config = RestorationAdapterConfig.x1
      config.lowRank.rank = 2
      return config
    case .sd3:
      var config = RestorationAdapterConfig.m1
      config.sites = [.block(0), .block(2)]
      config.bottleneckWidth = 12
      config.lowRank.rank = 2
      return config
    }
  }

  /// - Parameter prior: The fingerprint of the base that it was trained on.
  func writeAdapter(isTrained: Bool = true, prior: String? = nil, to name: String = "adapter.safetensors") throws {
    let (config, backbone) = (config(), try backbone())
    var parameters = try RestorationAdapter.newParameters(config, for: backbone, seed: 5)
    if isTrained {
      let generator = try Generator(seed: 6)
      for key in parameters.keys.sorted() {
        guard let parameter = parameters[key] else { continue }
        parameters[key] = try parameter + Tensor.randn(parameter.shape, generator: generator) * 0.1
      }
    }
    try RestorationCheckpoint.write(
      parameters, config, for: backbone, prior: prior, dtype: .float32, to: base.path(name))
  }

  func writeSettings(_ settings: [String: Any]) throws {
    try base.writeJSON(settings, to: RestorationAdapterSettings.fileName)
  }

  static func input(height: Int = 64, width: Int = 64) throws -> RestorationInput {
    let low = try smoothPicture(width: width / 4, height: height / 4) * 0.5 + 0.2
    return RestorationInput(
      enlarged_BCHW: try low.resized(height: height, width: width, .bicubic).clamped(min: 0, max: 1), low_BCHW: low)
  }

  static func run(
    _ restorer: any Restorer, _ change: (inout RestorationRequest) -> Void = { _ in }
  ) throws -> [Float] {
    var request = RestorationRequest(steps: 3, seed: 7)
    change(&request)
    let restored = try restorer.restore(input(), request, tile: nil, monitor: .silent)
    #expect(restored.shape == [1, 3, 64, 64])
    return try restored.floats()
  }
}
