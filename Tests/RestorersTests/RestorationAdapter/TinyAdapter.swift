import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Torch

/// Adapters in a tiny prior, with what a call of it needs.
struct TinyAdapter {
  let prior: TinyPrior
  let config: RestorationAdapterConfig
  /// By the keys of a checkpoint.
  var parameters: [String: Tensor]
  let noisy_BCHW: Tensor
  let low_BCHW: Tensor

  /// - Parameters:
  ///   - isTrained: Draws what a new adapter has at zero, so that it shows.
  ///   - change: May change the settings.
  init(
    _ kind: TinyPrior.Kind, isTrained: Bool = true, side: Int = 8,
    change: (inout RestorationAdapterConfig) -> Void = { _ in }
  ) throws {
    try useOneThread()
    prior = try TinyPrior(kind)
    var config = prior.adapters
    change(&config)
    self.config = config
    parameters = try RestorationAdapter.newParameters(config, for: prior.backbone, seed: 5)
    noisy_BCHW = try TinyPrior.random([2, 4, side, side + 4], seed: 6)
    low_BCHW = try TinyPrior.random([1, 4, side, side + 4], seed: 7)
    guard isTrained else { return }
    for (index, key) in parameters.keys.sorted().enumerated() where Self.beginsAsZero(key) {
      let shape = parameters[key]?.shape ?? []
      parameters[key] = try TinyPrior.random(shape, seed: 100 + UInt64(index)) * 0.3
    }
  }

  static func beginsAsZero(_ key: String) -> Bool {
    key.contains(".out.") && key.hasPrefix("ra.") || key.contains("lora_B")
  }

  func adapter(dtype: DType? = nil) throws -> RestorationAdapter {
    try .load(ParameterDictionary(parameters), config, for: prior.backbone, dtype: dtype)
  }

  /// The prior's prediction, with the adapters in it and the LoRA merged or beside.
  func answer(scale: Double = 1, strength: Double = 1, isBeside: Bool = false) throws -> Tensor {
    let adapter = try adapter()
    let source: any ParameterSource =
      isBeside ? try adapter.beside(prior.source) : try adapter.merged(into: prior.source, strength: strength)
    return try prior.network(source)(noisy_BCHW, adapter.looking(at: low_BCHW, scale: scale))
  }

  /// The prior's own prediction.
  func plain() throws -> Tensor { try prior.network()(noisy_BCHW, nil) }
}
