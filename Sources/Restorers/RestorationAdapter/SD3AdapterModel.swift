internal import Checkpoints
internal import Priors
internal import Torch

/// Stable Diffusion 3 with restoration adapters.
struct SD3AdapterModel: AdaptedModel {
  static let system = "sd3-adapter"
  static let defaultSteps = 28
  /// A token is 16 × 16 pixels.
  static let sideMultiple = 16

  private let base: SD3Base
  private let adapter: DeferredAdapter
  private let scale: Double
  let warnings: [String]

  init(_ files: AdapterFiles, dtype: DType, device: Device) throws {
    var opened: (adapter: DeferredAdapter, caution: String?)?
    var request = SD3Base.Request(dtype: dtype, device: device, usesT5: files.settings.usesT5)
    request.changing = { config, prior in
      let adapter = try DeferredAdapter(files.checkpoint, for: .transformer(config), dtype: dtype, device: device)
      opened = (adapter, try adapter.caution(prior))
      return try adapter.merged(into: prior)
    }
    base = try SD3Base(files.base, request)
    guard let opened else { throw RestorationError(.argument, "a base model was opened without its adapter") }
    adapter = opened.adapter
    warnings = opened.caution.map { [$0] } ?? []
    scale = files.settings.adapterScale
  }

  var autoencoder: DeferredNetwork<AutoencoderKL> { base.autoencoder }
  var autoencoderConfig: AutoencoderKLConfig { base.config.autoencoder }
  var schedule: SchedulerConfig { base.config.schedule }
  var textByteCount: Int { base.text.byteCount }
  var networkByteCount: Int { base.transformer.byteCount + adapter.byteCount }
  var latentMultiple: Int { base.config.transformer.sideMultiple }

  func encode(
    prompt: String, negative: String?
  ) throws -> (negative: SD3TextEncoders.Encoding, prompt: SD3TextEncoders.Encoding) {
    let both = try base.text.encode([negative ?? "", prompt])
    return (both[0], both[1])
  }

  func load() throws -> AdaptedNetwork<SD3Prior> {
    let prior = SD3Prior(try base.transformer.load())
    let adapter = try adapter.load()
    return AdaptedNetwork(prior: prior) { [scale] low_BCHW in
      SD3Prior(prior.transformer) { tile in adapter.looking(at: try low_BCHW.cropped(tile), scale: scale) }
    }
  }

  func conditioning(_ text: SD3TextEncoders.Encoding, _ prior: SD3Prior) throws -> JointPrompt {
    try prior.transformer.prompt(text_BTE: text.text_BTE, pooled_BP: text.pooled_BP)
  }
}
