internal import Checkpoints
internal import Foundation
internal import Priors
internal import Torch

/// The Diffusion Restoration Adapter as a restoration system, on one of its base models.
///
/// Text encoders and the denoising network are never in memory at the same time: prompts are encoded first, and those of
/// the last picture are kept for the next one.
final class AdaptedRestorer<Model: AdaptedModel>: Restorer {
  private let model: Model
  private let settings: RestorationAdapterSettings
  private let device: Device
  private var texts: (words: Words, encodings: (negative: Model.Text, prompt: Model.Text))?
  private var networks: (network: AdaptedNetwork<Model.Prior>, codec: LatentCodec)?

  /// The texts of a run.
  private struct Words: Equatable {
    let prompt: String
    let negative: String?
  }

  /// How memory grows.
  let footprint: Footprint
  /// The pictures of the training were made smaller by this.
  let scale = 4
  var sideMultiple: Int { Model.sideMultiple }
  var defaultSteps: Int { settings.steps }
  /// Every time that the networks were trained at.
  let stepLimit = 1000
  let readsPrompt = true
  var warnings: [String] { model.warnings }

  /// Opens and checks the model; weights are loaded when a picture is restored.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  /// - Parameter path: A folder with an adapter, or an adapter's file.
  init(path: String, dtype: DType, device: Device) throws {
    let files = try AdapterFiles(path, model: Model.system, defaultSteps: Model.defaultSteps)
    settings = files.settings
    model = try Model(files, dtype: dtype, device: device)
    self.device = device
    footprint = .latentDiffusion(
      weights: max(model.textByteCount, model.networkByteCount + model.autoencoder.byteCount), dtype: dtype
    ) { [config = model.autoencoderConfig, dtype = model.autoencoder.dtype] side, plan in
      config.workingByteCount(height: side, width: side, dtype: dtype, plan: plan)
    }
  }

  /// Restores a picture. Fidelity is the weight of restoration sampling: see ``settings(_:)``.
  func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      progress.begin(.condition)
      let settings = settings(request)
      let texts = try encoded(request)
      let (network, codec) = try loaded()
      let run = try LatentRun(
        input, request, tile: tile, factor: codec.factor, alignment: model.latentMultiple, progress: progress,
        monitor: monitor)
      progress.begin(.encode)
      let low_BCHW = try codec.mean(of: input.enlarged_BCHW)
      let prompts = try (settings.guidance > 1 ? [texts.negative, texts.prompt] : [texts.prompt]).map {
        try model.conditioning($0, network.prior)
      }
      let loop = RestorationAdapterLoop(codec, schedule: model.schedule)
      let latent_BCHW = try loop.latent(
        from: low_BCHW, network.steered(low_BCHW), prompts: prompts, settings, run)
      progress.begin(.decode)
      return try codec.decode(latent_BCHW)
    }
  }

  /// Loads everything once.
  func verify() throws {
    _ = try model.encode(prompt: settings.text(nil), negative: settings.negativePrompt)
    _ = try loaded()
  }

  /// What a request asks for. Fidelity is the weight of restoration sampling.
  private func settings(_ request: RestorationRequest) -> RestorationAdapterSettings {
    var settings = settings
    settings.steps = request.steps ?? settings.steps
    if let fidelity = request.fidelity { settings.sampling.weight = fidelity }
    return settings
  }

  private func encoded(_ request: RestorationRequest) throws -> (negative: Model.Text, prompt: Model.Text) {
    let words = Words(
      prompt: settings.text(request.prompt), negative: request.negativePrompt ?? settings.negativePrompt)
    if let texts, texts.words == words { return texts.encodings }
    // They come back from the file's mapping; both at once might not fit.
    networks = nil
    texts = nil
    let encodings = try model.encode(prompt: words.prompt, negative: words.negative)
    if device != .cpu { try device.emptyCache() }
    texts = (words, encodings)
    return encodings
  }

  private func loaded() throws -> (network: AdaptedNetwork<Model.Prior>, codec: LatentCodec) {
    if let networks { return networks }
    let made = (try model.load(), LatentCodec(try model.autoencoder.load()))
    networks = made
    return made
  }
}
