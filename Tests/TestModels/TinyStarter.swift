public import Checkpoints
internal import Foundation
internal import Priors
public import Restorers
public import Torch

/// A starter model of a few thousand random weights: quick, and no output of it is zero, so that everything that goes in
/// shows in what comes out.
public struct TinyStarter {
  /// Sizes, with three levels like the one that ships.
  public let config: StarterConfig
  /// By ``StarterNetwork``'s keys.
  public let parameters: [String: Tensor]

  /// Draws a model.
  /// - Parameters:
  ///   - seed: Fixes the weights.
  ///   - strength: Deviation of the weights that a new model has at zero; 0 leaves them, and the model then enlarges only.
  ///   - change: May change the sizes.
  public init(seed: UInt64 = 1, strength: Double = 0.05, change: (inout StarterConfig) -> Void = { _ in }) throws {
    var network = UNetConfig()
    network.inChannels = 48
    network.outChannels = 48
    network.blockOutChannels = [8, 8, 16]
    network.downBlockTypes = ["DownBlock2D", "DownBlock2D", "DownBlock2D"]
    network.upBlockTypes = ["UpBlock2D", "UpBlock2D", "UpBlock2D"]
    network.midBlockType = "UNetMidBlock2D"
    network.layersPerBlock = 1
    network.transformerLayersPerBlock = [1, 1, 1]
    network.headCounts = [1, 1, 1]
    network.normGroups = 4
    var config = StarterConfig(network: network)
    change(&config)
    self.config = config

    let initialiser = try ParameterInitialiser(seed: seed)
    _ = try StarterNetwork(ParameterLoader(initialiser).root, config)
    let generator = try Generator(seed: seed &+ 1)
    var drawn: [String: Tensor] = [:]
    for (key, tensor) in initialiser.drawn.sorted(by: { $0.key < $1.key }) {
      let isZero = try tensor.abs().sum().item() == 0
      drawn[key] = isZero ? try Tensor.randn(tensor.shape, generator: generator) * strength : tensor
    }
    parameters = drawn
  }

  /// The same model with other values of some parameters.
  public init(_ model: TinyStarter, changing parameters: [String: Tensor]) {
    config = model.config
    self.parameters = model.parameters.merging(parameters) { $1 }
  }

  /// The networks, in a type.
  public func network(_ dtype: DType = .float32) throws -> StarterNetwork {
    try ParameterLoader.load(ParameterDictionary(parameters), component: "a tiny starter", dtype: dtype) {
      try StarterNetwork($0, config)
    }
  }

  /// The system, loaded.
  public func restorer() throws -> StarterRestorer { StarterRestorer(try network()) }

  /// Writes the model's folder.
  public func write(to folder: String) throws { try StarterFolder.write(parameters, config, to: folder) }
}
