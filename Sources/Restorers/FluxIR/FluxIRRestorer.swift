internal import Checkpoints
internal import Layers
internal import Priors
public import Torch

/// FluxIR as a restoration system: FLUX.1-dev's files and the adapter's.
///
/// The transformer's blocks are streamed: as many stay in memory as a run's budget leaves room for.
public final class FluxIRRestorer: Restorer {
  private let base: FluxBase
  private let loop: FluxIRLoop
  /// Bytes that the machine had free when the model was opened: what blocks may take when the user names no budget.
  private let available: Int
  private let device: Device
  /// Set when memory ran out: the estimate was too low, so no block stays from then on.
  private var isShort = false

  /// How memory grows.
  public let footprint: Footprint
  /// The factor that its training degrades by.
  public let scale = 4
  /// A token is 16×16 pixels.
  public var sideMultiple: Int { loop.sideMultiple }
  /// FLUX.1 was trained up to about this size.
  public let largestTile = 1024
  /// FLUX.1-dev's.
  public let defaultSteps = FluxIRSettings().steps
  /// Every time that the network was trained at.
  public let stepLimit = 1000
  /// Without words the transformer is told the empty prompt.
  public let readsPrompt = true

  static let adapter = ModelPart(
    "adapter", places: ["fluxir.safetensors"], summary: "FluxIR: one block and its layers",
    source: "training with Burnish: its authors published no weights")

  /// Loads the model.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(folder path: String, dtype: DType, device: Device) throws {
    let folder = ModelFolder(path, model: "fluxir")
    self.device = device
    let checkpoint = try openCheckpoint(folder.require(Self.adapter))
    let config = try FluxIRConfig(metadata: checkpoint.metadata, name: checkpoint.name)
    base = try FluxBase(folder, textLength: config.textLength, dtype: dtype, device: device)
    let sizes = base.transformer.config
    let adapter = try ParameterLoader.load(
      checkpoint, component: "the FluxIR adapter", dtype: dtype, device: device
    ) { try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: sizes) }
    loop = FluxIRLoop(
      base.transformer, adapter, LatentCodec(try base.autoencoder.load()), schedule: base.schedule)
    footprint = base.footprint(adapter: checkpoint.parameterCount, textLength: config.textLength, dtype: dtype)
    available = AvailableMemory.bytes(on: device)
  }

  /// Restores a picture. Fidelity: see ``settings(_:)``.
  public func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      progress.begin(.condition)
      let prompt = try prompt(request)
      let picture_BCHW = input.enlarged_BCHW
      let tiling = try tile.flatMap { try loop.tiling(for: picture_BCHW, side: $0) }
      let area = picture_BCHW.size(2) * picture_BCHW.size(3)
      let inWork = tiling.map { $0.plan.tileHeight * $0.plan.tileWidth * loop.codec.factor * loop.codec.factor } ?? area
      base.transformer.residency = residency(
        budget: request.memory ?? available / 4 * 3, others: footprint.bytes(pixels: area, tilePixels: inWork))
      let run = LatentRun(
        noise: SeededNoise(seed: request.seed), tiling: tiling, progress: progress, cancellation: monitor.cancellation)
      do {
        return try loop.restore(picture_BCHW, prompt: prompt, Self.settings(request), run)
      } catch let error as TorchError where error.code == .outOfMemory {
        isShort = true
        base.transformer.residency = BlockResidency.none
        throw error
      }
    }
  }

  /// Checks the text encoders, which are loaded with the first picture only.
  public func verify() throws { _ = try base.text.encoding(of: "") }

  /// What a request asks for. Without fidelity FLUX.1's own choices. Below the middle, fidelity f lessens the control down
  /// to one half at 0; above it the run starts from the noised low-quality picture, at time `1000 - 800 (f - 0.5)`, which
  /// is 600 at 1.
  static func settings(_ request: RestorationRequest) -> FluxIRSettings {
    var settings = FluxIRSettings()
    settings.steps = request.steps ?? settings.steps
    if let fidelity = request.fidelity {
      settings.controlScale = min(0.5 + fidelity, 1)
      if fidelity > 0.5 { settings.start = .picture(time: 1000 - (800 * (fidelity - 0.5)).rounded()) }
    }
    return settings
  }

  /// How many blocks stay: what the rest of a run leaves of the budget.
  func residency(budget: Int, others: Int) -> BlockResidency {
    isShort ? .none : base.residency(budget: budget, others: others)
  }

  private func prompt(_ request: RestorationRequest) throws -> JointPrompt {
    let text = request.prompt.map { $0.allSatisfy(\.isWhitespace) ? "" : $0 } ?? ""
    // Text encoders and blocks do not take memory at the same time.
    if !base.text.isKnown(text) { base.transformer.residency = BlockResidency.none }
    let encoding = try base.text.encoding(of: text)
    return try base.transformer.prompt(
      text_BTE: try encoding.text_1TE.to(device: device), pooled_BP: try encoding.pooled_1P.to(device: device))
  }
}
