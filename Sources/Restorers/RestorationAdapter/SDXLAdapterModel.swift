internal import Checkpoints
internal import Priors
internal import Torch

/// Stable Diffusion XL with restoration adapters.
struct SDXLAdapterModel: AdaptedModel {
  static let system = "sdxl-adapter"
  static let defaultSteps = 40
  /// The coarsest level has 32 pixels of the picture to one of its own; SDXL's training had multiples of 64.
  static let sideMultiple = 64

  private let base: SDXLBase
  private let adapter: DeferredAdapter
  private let sizes: SDXLSizes
  private let scale: Double
  let warnings: [String]

  init(_ files: AdapterFiles, dtype: DType, device: Device) throws {
    var opened: (adapter: DeferredAdapter, caution: String?)?
    base = try SDXLBase(files.base, dtype: dtype, device: device) { config, prior in
      let adapter = try DeferredAdapter(files.checkpoint, for: .unet(config), dtype: dtype, device: device)
      opened = (adapter, try adapter.caution(prior))
      return try adapter.merged(into: prior)
    }
    guard let opened else { throw RestorationError(.argument, "a base model was opened without its adapter") }
    adapter = opened.adapter
    warnings = opened.caution.map { [$0] } ?? []
    sizes = .square(files.settings.toldSide)
    scale = files.settings.adapterScale
  }

  var autoencoder: DeferredNetwork<AutoencoderKL> { base.autoencoder }
  var autoencoderConfig: AutoencoderKLConfig { base.config.autoencoder }
  var schedule: SchedulerConfig { base.config.schedule }
  var textByteCount: Int { base.text.byteCount }
  var networkByteCount: Int { base.unet.byteCount + adapter.byteCount }
  var latentMultiple: Int { base.config.unet.sideMultiple }

  func encode(
    prompt: String, negative: String?
  ) throws -> (negative: SDXLTextEncoders.Encoding, prompt: SDXLTextEncoders.Encoding) {
    guard negative == nil, base.config.zeroesAbsentNegative else {
      let both = try base.text.encode([negative ?? "", prompt])
      return (both[0], both[1])
    }
    let encoding = try base.text.encode([prompt])[0]
    return (try encoding.zeroed(), encoding)
  }

  func load() throws -> AdaptedNetwork<SDXLPrior> {
    let prior = SDXLPrior(try base.unet.load(), parametrisation: try schedule.parametrisation())
    let adapter = try adapter.load()
    return AdaptedNetwork(prior: prior) { [scale] low_BCHW in
      SDXLPrior(prior.unet, parametrisation: prior.parametrisation) { tile in
        adapter.looking(at: try low_BCHW.cropped(tile), scale: scale)
      }
    }
  }

  func conditioning(_ text: SDXLTextEncoders.Encoding, _ prior: SDXLPrior) throws -> SDXLConditioning {
    try SDXLConditioning(text_BLD: text.text_BLD, pooledText_BD: text.pooled_BD, sizes: sizes)
  }
}
