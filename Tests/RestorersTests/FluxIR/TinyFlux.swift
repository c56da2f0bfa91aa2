import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

/// FLUX.1 at the size of a recorded run, `Tests/Fixtures/Oracles/flux-pipeline.safetensors`, and FluxIR adapters for it.
struct TinyFlux {
  let file: SafetensorsFile
  let config: FluxTransformerConfig
  let autoencoderConfig: AutoencoderKLConfig
  let json: [String: Any]

  /// Tokens of the recorded prompt.
  static let textLength = 9

  init() throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/flux-pipeline.safetensors"))
    let text = Data(try #require(file.metadata["config"]).utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    json = root
    func part<Config: Decodable>(_ name: String, _ type: Config.Type) throws -> Config {
      try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: try #require(root[name])))
    }
    config = try part("transformer", FluxTransformerConfig.self)
    autoencoderConfig = try part("vae", AutoencoderKLConfig.self)
  }

  func weights(_ part: String) throws -> [String: Tensor] {
    let prefix = "w/\(part)/"
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix(prefix) {
      weights[String(key.dropFirst(prefix.count))] = try file.tensor(key).cloned()
    }
    return weights
  }

  func transformer() throws -> FluxTransformer {
    try ParameterLoader.load(PrefixedSource(file, prefix: "w/transformer/"), component: "it") {
      try FluxTransformer($0, config)
    }
  }

  func codec() throws -> LatentCodec {
    LatentCodec(
      try ParameterLoader.load(PrefixedSource(file, prefix: "w/vae/"), component: "it") {
        try AutoencoderKL($0, autoencoderConfig)
      })
  }

  func schedule() throws -> SchedulerConfig {
    try SchedulerConfig(json: JSONSerialization.data(withJSONObject: try #require(json["scheduler"])))
  }

  func prompt(_ transformer: FluxTransformer) throws -> FluxPrompt {
    try transformer.prompt(
      text_BTE: file.tensor("in/prompt_embeds"), pooled_BP: file.tensor("in/pooled_prompt_embeds"))
  }

  static func config(_ kind: FluxIRConfig.Kind = .bottleneck, textInSingle: Bool = true) -> FluxIRConfig {
    var config = FluxIRConfig()
    config.kind = kind
    config.rank = 4
    config.textLength = textLength
    config.controlsTextInSingleBlocks = textInSingle
    return config
  }

  /// The parameters that training starts from.
  func start(_ config: FluxIRConfig = TinyFlux.config()) throws -> [String: Tensor] {
    try FluxIRStart(
      PrefixedSource(file, prefix: "w/transformer/"), text_1TE: file.tensor("in/prompt_embeds"),
      pooled_1P: file.tensor("in/pooled_prompt_embeds"), seed: 1
    ).parameters(config, for: self.config)
  }

  /// Parameters of an adapter that was trained: nothing is zero.
  func trained(_ config: FluxIRConfig = TinyFlux.config(), seed: UInt64 = 2) throws -> [String: Tensor] {
    let generator = try Generator(seed: seed)
    var parameters = try start(config)
    for key in parameters.keys.sorted() where key.contains(".se_") || key.contains(".input.") {
      let tensor = try #require(parameters[key])
      parameters[key] = try tensor + Tensor.randn(tensor.shape, generator: generator) * 0.3
    }
    return parameters
  }

  func adapter(_ parameters: [String: Tensor], _ config: FluxIRConfig = TinyFlux.config()) throws -> FluxIRAdapter {
    try ParameterLoader.load(ParameterDictionary(parameters), component: "an adapter") {
      try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: self.config)
    }
  }

  func loop(_ adapter: FluxIRAdapter) throws -> FluxIRLoop {
    FluxIRLoop(try transformer(), adapter, try codec(), schedule: try schedule())
  }

  /// Tokens of a latent of 4 rows of 6 tokens, in the middle of a run.
  func pass() throws -> FluxPass {
    FluxPass(
      picture_BLC: try file.tensor("in/latents"), timestep_B: try Tensor([Float(0.6)]),
      guidance_B: try Tensor([Float(3.5)]),
      positions: try config.positions(textLength: Self.textLength, rows: 4, columns: 6))
  }

  /// A low-quality latent for ``pass()``.
  func low() throws -> Tensor { try .randn([1, 24, 64], generator: Generator(seed: 6)) }
}

/// The values of a tensor.
func values(_ tensor: Tensor) throws -> [Float] { try tensor.floats() }
