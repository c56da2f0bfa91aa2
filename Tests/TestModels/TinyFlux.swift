public import Checkpoints
public import Foundation
public import Priors
public import Restorers
public import TestSupport
public import Torch

/// FLUX.1 at the size of a recorded run, `Tests/Fixtures/Oracles/flux-pipeline.safetensors`, and FluxIR adapters for it.
public struct TinyFlux {
  /// The recording.
  public let file: SafetensorsFile
  /// The transformer's sizes.
  public let config: FluxTransformerConfig
  /// The autoencoder's sizes.
  public let autoencoderConfig: AutoencoderKLConfig
  /// Sizes of all parts, as published.
  public let json: [String: Any]

  /// Tokens of the recorded prompt.
  public static let textLength = 9

  /// Opens the recording.
  public init() throws {
    try Machine.setThreadCount(1)
    file = try SafetensorsFile(path: Fixture.path("Oracles/flux-pipeline.safetensors"))
    let text = Data(try present(file.metadata["config"]).utf8)
    let root = try present(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    json = root
    func part<Config: Decodable>(_ name: String, _ type: Config.Type) throws -> Config {
      try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: try present(root[name])))
    }
    config = try part("transformer", FluxTransformerConfig.self)
    autoencoderConfig = try part("vae", AutoencoderKLConfig.self)
  }

  /// The recorded weights of a part.
  public func weights(_ part: String) throws -> [String: Tensor] {
    let prefix = "w/\(part)/"
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix(prefix) {
      weights[String(key.dropFirst(prefix.count))] = try file.tensor(key).cloned()
    }
    return weights
  }

  /// The transformer, in memory.
  public func transformer() throws -> FluxTransformer {
    try ParameterLoader.load(PrefixedSource(file, prefix: "w/transformer/"), component: "it") {
      try FluxTransformer($0, config)
    }
  }

  /// From pictures to latents and back.
  public func codec() throws -> LatentCodec {
    LatentCodec(
      try ParameterLoader.load(PrefixedSource(file, prefix: "w/vae/"), component: "it") {
        try AutoencoderKL($0, autoencoderConfig)
      })
  }

  /// The noise schedule.
  public func schedule() throws -> SchedulerConfig {
    try SchedulerConfig(json: JSONSerialization.data(withJSONObject: try present(json["scheduler"])))
  }

  /// The recorded prompt.
  public func prompt(_ transformer: FluxTransformer) throws -> JointPrompt {
    try transformer.prompt(
      text_BTE: file.tensor("in/prompt_embeds"), pooled_BP: file.tensor("in/pooled_prompt_embeds"))
  }

  /// Sizes of a small adapter.
  public static func config(_ kind: FluxIRConfig.Kind = .bottleneck, textInSingle: Bool = true) -> FluxIRConfig {
    var config = FluxIRConfig()
    config.kind = kind
    config.rank = 4
    config.textLength = textLength
    config.controlsTextInSingleBlocks = textInSingle
    return config
  }

  /// The parameters that training starts from.
  public func start(_ config: FluxIRConfig = TinyFlux.config()) throws -> [String: Tensor] {
    try FluxIRStart(
      PrefixedSource(file, prefix: "w/transformer/"), text_1TE: file.tensor("in/prompt_embeds"),
      pooled_1P: file.tensor("in/pooled_prompt_embeds"), seed: 1
    ).parameters(config, for: self.config)
  }

  /// Parameters of an adapter that was trained: nothing is zero.
  public func trained(_ config: FluxIRConfig = TinyFlux.config(), seed: UInt64 = 2) throws -> [String: Tensor] {
    let generator = try Generator(seed: seed)
    var parameters = try start(config)
    for key in parameters.keys.sorted() where key.contains(".se_") || key.contains(".input.") {
      let tensor = try present(parameters[key])
      parameters[key] = try tensor + Tensor.randn(tensor.shape, generator: generator) * 0.3
    }
    return parameters
  }

  /// An adapter over parameters.
  public func adapter(_ parameters: [String: Tensor], _ config: FluxIRConfig = TinyFlux.config()) throws
    -> FluxIRAdapter
  {
    try ParameterLoader.load(ParameterDictionary(parameters), component: "an adapter") {
      try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: self.config)
    }
  }

  /// A loop over the recorded networks.
  public func loop(_ adapter: FluxIRAdapter) throws -> FluxIRLoop {
    FluxIRLoop(try transformer(), adapter, try codec(), schedule: try schedule())
  }

  /// Tokens of a latent of 4 rows of 6 tokens, in the middle of a run.
  public func pass() throws -> FluxPass {
    FluxPass(
      picture_BLC: try file.tensor("in/latents"), timestep_B: try Tensor([Float(0.6)]),
      guidance_B: try Tensor([Float(3.5)]),
      positions: try config.positions(textLength: Self.textLength, rows: 4, columns: 6))
  }

  /// A low-quality latent for ``pass()``.
  public func low() throws -> Tensor { try .randn([1, 24, 64], generator: Generator(seed: 6)) }
}
