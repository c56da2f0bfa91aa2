internal import Checkpoints
internal import Priors
public import Torch

/// A text-to-image model that pictures can be generated with.
public struct GeneratorEntry: Sendable {
  /// What it is called, which is also the name of its folder where models are installed.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Steps unless told otherwise.
  public let defaultSteps: Int
  /// Guidance unless told otherwise: with a prompt, and without one.
  public let defaultGuidance: (prompted: Double, empty: Double)
  /// A picture's sides are multiples of this.
  public let sideMultiple: Int
  private let loadModel: @Sendable (ModelFolder, GenerationSettings, DType, Device) throws -> any TextToImageGenerator

  init(
    _ name: String, summary: String, steps: Int, guidance: (prompted: Double, empty: Double), sideMultiple: Int,
    load: @escaping @Sendable (ModelFolder, GenerationSettings, DType, Device) throws -> any TextToImageGenerator
  ) {
    self.name = name
    self.summary = summary
    defaultSteps = steps
    defaultGuidance = guidance
    self.sideMultiple = sideMultiple
    loadModel = load
  }

  /// All, in the order in which they are listed.
  public static let all: [GeneratorEntry] = [flux, sdxl, sd3, sd2]

  /// Loads a model for pictures of one size under one prompt.
  /// - Parameters:
  ///   - path: The model's folder, or its single file where it is published as one.
  ///   - settings: What is asked of it.
  ///   - dtype: What the networks compute in.
  ///   - device: Where they compute.
  /// - Throws: `RestorationError` for sides that it cannot have; `CheckpointError` that names the part that is absent,
  ///   damaged or another model's.
  public func load(
    _ path: String, _ settings: GenerationSettings, dtype: DType, device: Device
  ) throws -> any TextToImageGenerator {
    guard settings.width.isMultiple(of: sideMultiple), settings.height.isMultiple(of: sideMultiple) else {
      throw RestorationError(
        .argument,
        "generating pictures of \(settings.width)x\(settings.height) with '\(name)': sides must be multiples of \(sideMultiple)"
      )
    }
    return try withoutGradient { try loadModel(ModelFolder(path, model: name), settings, dtype, device) }
  }
}

extension GeneratorEntry {
  // Without words both branches of guidance say the same, so it is off. SDXL's negative branch is zeros and not the empty
  // text, which says nothing either.

  /// Guidance is what the network was distilled with and is told: there is no second branch.
  static let flux = GeneratorEntry(
    "flux", summary: "FLUX.1-dev", steps: 28, guidance: (3.5, 3.5), sideMultiple: 16
  ) { folder, settings, dtype, device in
    let textLength = 512
    let available = AvailableMemory.bytes(on: device) / 4 * 3
    let base = try FluxBase(folder, textLength: textLength, dtype: dtype, device: device)
    let encoding = try base.text.encoding(of: settings.prompt)
    let prompt = try base.transformer.prompt(
      text_BTE: try encoding.text_1TE.to(device: device), pooled_BP: try encoding.pooled_1P.to(device: device))
    let pixels = settings.width * settings.height
    base.transformer.residency = base.residency(
      budget: available,
      others: base.footprint(textLength: textLength, dtype: dtype).bytes(pixels: pixels, tilePixels: pixels))
    return LatentGenerator(
      FluxPrior(base.transformer, guidance: settings.guidance), prompts: (prompt, prompt),
      codec: LatentCodec(try base.autoencoder.load()), schedule: base.schedule, settings, isToldGuidance: true,
      device: device)
  }

  static let sdxl = GeneratorEntry(
    "sdxl", summary: "Stable Diffusion XL", steps: 30, guidance: (5, 1), sideMultiple: 64
  ) { folder, settings, dtype, device in
    let base = try SDXLBase(folder, dtype: dtype, device: device)
    // An empty negative prompt has zeros in place of its tokens in the published model.
    let prompt = try base.text.encode([settings.prompt])[0]
    let negative = try base.config.zeroesAbsentNegative ? prompt.zeroed() : base.text.encode([""])[0]
    let sizes = SDXLSizes(
      original: [settings.height, settings.width], target: [settings.height, settings.width])
    func conditioning(_ text: SDXLTextEncoders.Encoding) throws -> SDXLConditioning {
      try SDXLConditioning(text_BLD: text.text_BLD, pooledText_BD: text.pooled_BD, sizes: sizes)
    }
    let prior = SDXLPrior(try base.unet.load(), parametrisation: try base.config.schedule.parametrisation())
    return LatentGenerator(
      prior, prompts: (try conditioning(negative), try conditioning(prompt)),
      codec: LatentCodec(try base.autoencoder.load()), schedule: base.config.schedule, settings, device: device)
  }

  static let sd3 = GeneratorEntry(
    "sd3", summary: "Stable Diffusion 3 or 3.5", steps: 28, guidance: (7, 1), sideMultiple: 16
  ) { folder, settings, dtype, device in
    let base = try SD3Base(folder, SD3Base.Request(dtype: dtype, device: device))
    let texts = try base.text.encode(["", settings.prompt])
    let transformer = try base.transformer.load()
    let prompts = try texts.map { try transformer.prompt(text_BTE: $0.text_BTE, pooled_BP: $0.pooled_BP) }
    return LatentGenerator(
      SD3Prior(transformer), prompts: (prompts[0], prompts[1]), codec: LatentCodec(try base.autoencoder.load()),
      schedule: base.config.schedule, settings, device: device)
  }

  static let sd2 = GeneratorEntry(
    "sd2", summary: "Stable Diffusion 2, 2.1 or SD-Turbo", steps: 50, guidance: (7.5, 1), sideMultiple: 64
  ) { folder, settings, dtype, device in
    let base = StableDiffusionFolder(folder: folder, dtype: dtype, device: device)
    let (unet, schedule) = (try base.unet(), try base.schedule())
    let tokens = try base.tokens(of: ["", settings.prompt]).map { Context($0) }
    return LatentGenerator(
      SD2Prior(unet, parametrisation: try schedule.parametrisation()), prompts: (tokens[0], tokens[1]),
      codec: LatentCodec(try base.autoencoder()), schedule: schedule, settings, device: device)
  }
}
