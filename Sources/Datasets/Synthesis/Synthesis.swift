internal import Checkpoints
internal import Degradation
internal import Foundation
public import Quality
internal import Torch

/// Makes a data set of pairs: generates, measures, spoils, records, and in the end selects, as FluxGen does (arXiv
/// 2504.15159, CVPR 2025).
///
/// A picture depends on its seed and the settings alone. So a run may be stopped or killed at any moment and goes on where
/// it was; shares of the seeds may be made at the same time, in one folder or in several whose contents are put together;
/// and the result is the same to the byte.
public final class Synthesis {
  /// What works on the pictures. Networks are loaded when there is something to do.
  public struct Tools {
    /// Loads what makes the pictures.
    public var generator: () throws -> any PictureGenerator
    /// Loads what measures them, in the order of the settings' metrics.
    public var metrics: () throws -> [any NoReferenceMetric]
    /// Spoils them.
    public var degrader: PairDegrader
    /// Stores them.
    public var encoder: any PictureEncoder

    /// Tools.
    public init(
      generator: @escaping () throws -> any PictureGenerator, metrics: @escaping () throws -> [any NoReferenceMetric],
      degrader: PairDegrader, encoder: any PictureEncoder
    ) {
      self.generator = generator
      self.metrics = metrics
      self.degrader = degrader
      self.encoder = encoder
    }
  }

  /// What a run tells.
  public enum Event {
    /// Before the first picture: those of the share that are there already, and the share's.
    case begin(done: Int, count: Int)
    /// A picture is being generated.
    case progress(seed: UInt64, step: Int, steps: Int)
    /// A picture is recorded.
    case made(PairRecord)
    /// A picture failed and is not recorded: the next run tries again.
    case failed(seed: UInt64, error: any Error)
  }

  /// How a run went.
  public struct Summary: Sendable, Equatable {
    /// Pictures that were made.
    public var made = 0
    /// Pictures that were there already.
    public var skipped = 0
    /// Pictures that failed.
    public var failed = 0
    /// True when it was stopped before all were through.
    public var interrupted = false
  }

  /// A moment at which a test may end the run as a kill would.
  enum Moment: Hashable {
    case generated(UInt64), wroteHigh(UInt64), wroteLow(UInt64), recorded(UInt64), placed(UInt64), described, listed
  }

  /// After so many failures in a row the run gives up: the next would fail, too.
  static let patience = 5

  /// How the pictures are made.
  public let settings: SynthesisSettings
  let folder: SynthesisFolder
  private let tools: Tools?
  var trace: (Moment) throws -> Void = { _ in }

  /// A data set that is begun, or gone on with. Nothing is written yet.
  /// - Parameters:
  ///   - path: Its folder.
  ///   - settings: How the pictures are made.
  ///   - tools: What works on them.
  /// - Throws: `DatasetError` for a folder whose pictures were made otherwise, with what differs.
  public init(_ path: String, settings: SynthesisSettings, tools: Tools) throws {
    self.settings = settings
    self.tools = tools
    folder = SynthesisFolder(path: path)
    guard let former = try PairDescription.read(folder: path) else { return }
    guard former.settings == settings else {
      throw DatasetError(
        .manifest,
        "going on with the pairs in '\(path)': they were made with other settings "
          + "(\(settings.changes(since: former.settings).joined(separator: "; "))). Go back to those, or name another 'output'"
      )
    }
  }

  private init(_ description: PairDescription, folder path: String) {
    settings = description.settings
    tools = nil
    folder = SynthesisFolder(path: path)
  }

  /// A data set whose pictures are there, to be finished only.
  /// - Parameter path: Its folder.
  /// - Throws: `DatasetError` when nothing was begun there.
  public static func existing(_ path: String) throws -> Synthesis {
    guard let description = try PairDescription.read(folder: path) else {
      throw DatasetError(
        .folder, "finishing the pairs in '\(path)': it has no \(PairDescription.fileName); make the pictures first")
    }
    return Synthesis(description, folder: path)
  }

  /// Makes the pictures of a share that are not there yet.
  /// - Parameters:
  ///   - share: Which.
  ///   - shouldStop: Asked between steps.
  ///   - report: Told of everything.
  /// - Throws: What keeps every picture from being made.
  public func make(
    _ share: SeedShard, shouldStop: @escaping @Sendable () -> Bool = { false },
    report: @escaping (Event) -> Void = { _ in }
  ) throws -> Summary {
    guard let tools else {
      throw DatasetError(.argument, "making pairs in '\(folder.path)': it was opened to be finished only")
    }
    for name in [SynthesisFolder.high, SynthesisFolder.low, SynthesisFolder.journals] { try folder.makeFolder(name) }
    if settings.latents { try folder.makeFolder(SynthesisFolder.latents) }
    let journal = try SynthesisJournal(
      folder.file("\(SynthesisFolder.journals)/\(share.name)\(SynthesisJournal.ending)"))
    folder.removeLeftovers(of: share.seeds)
    let known = try folder.records()
    try checkOrigin(known)
    let waiting = share.seeds.filter { seed in !(known[seed].map(folder.isFinished) ?? false) }
    var summary = Summary()
    summary.skipped = share.seeds.count - waiting.count
    report(.begin(done: summary.skipped, count: share.seeds.count))
    guard !waiting.isEmpty else { return summary }
    let (generator, metrics) = (try tools.generator(), try tools.metrics())
    try checkSize(metrics)
    if try PairDescription.read(folder: folder.path) == nil {
      try AtomicFile.write(try PairDescription(settings).json(), to: folder.file(PairDescription.fileName))
    }
    var failures = 0
    for seed in waiting {
      do {
        if shouldStop() { throw CancellationError() }
        let watch = GenerationWatch(
          progress: { report(.progress(seed: seed, step: $0, steps: $1)) }, shouldStop: shouldStop)
        let record = try make(seed, generator, metrics, tools, watch)
        try journal.append(record)
        try trace(.recorded(seed))
        report(.made(record))
        summary.made += 1
        failures = 0
      } catch is CancellationError {
        summary.interrupted = true
        break
      } catch let kill as SynthesisKill {
        throw kill
      } catch {
        report(.failed(seed: seed, error: error))
        summary.failed += 1
        failures += 1
        if failures == Self.patience {
          throw DatasetError(
            .stopped, "making pairs: \(failures) pictures in a row failed, the last with: \(error)")
        }
      }
    }
    return summary
  }

  private func make(
    _ seed: UInt64, _ generator: any PictureGenerator, _ metrics: [any NoReferenceMetric], _ tools: Tools,
    _ watch: GenerationWatch
  ) throws -> PairRecord {
    try withoutGradient {
      var record = PairRecord(seed: seed, settings: settings.hash)
      let generated: GeneratedPicture
      do {
        generated = try generator.generate(seed: seed, width: settings.width, height: settings.height, watch: watch)
        guard try generated.picture_BCHW.isFinite().all().item() != 0 else {
          throw UnusablePicture("the picture holds NaN or infinity")
        }
      } catch let unusable as UnusablePicture {
        record.flaws = [unusable.description]
        return record
      }
      try trace(.generated(seed))
      let shape = generated.picture_BCHW.shape
      guard shape == [1, 3, settings.height, settings.width] else {
        throw DatasetError(
          .picture, "making the picture of seed \(seed): the generator answered the shape \(shape)")
      }
      let image = try PlanarImage.images(generated.picture_BCHW)[0].quantised()
      let bytes = image.bytes8()
      (record.width, record.height) = (image.width, image.height)
      record.statistics = PictureStatistics(rgb8: bytes)
      try measure(bytes, metrics, &record)
      try store(image, bytes, latent: generated.latent_BCHW, tools, &record)
      return record
    }
  }

  private func measure(_ bytes: [UInt8], _ metrics: [any NoReferenceMetric], _ record: inout PairRecord) throws {
    guard !metrics.isEmpty else { return }
    let picture_BCHW = try Tensor(bytes, [1, settings.height, settings.width, 3]).permuted([0, 3, 1, 2])
    for (kind, metric) in zip(settings.metrics, metrics) {
      do {
        let score = try metric.score(picture_BCHW).first ?? .nan
        guard score.isFinite else { throw QualityError(.picture, "\(kind.name) gave no number") }
        record.scores[kind.name] = score
      } catch let error as QualityError {
        record.flaws.append(error.message)
      }
    }
  }

  private func store(
    _ high: PlanarImage, _ bytes: [UInt8], latent: Tensor?, _ tools: Tools, _ record: inout PairRecord
  ) throws {
    let name = SynthesisFolder.stem(record.seed)
    func encoded(_ image: PlanarImage, _ bytes: [UInt8]) throws -> [UInt8] {
      try tools.encoder.encode(rgb8: bytes, width: image.width, height: image.height, as: settings.format)
    }
    func path(_ folder: String, _ ending: String) -> String { "\(folder)/\(name).\(ending)" }
    record.hq = try folder.write(
      encoded(high, bytes), to: path(SynthesisFolder.high, settings.format.rawValue))
    try trace(.wroteHigh(record.seed))
    let low = try tools.degrader.low(high, seed: record.seed)
    record.lq = try folder.write(
      encoded(low, low.bytes8()), to: path(SynthesisFolder.low, settings.format.rawValue))
    try trace(.wroteLow(record.seed))
    guard settings.latents, let latent else { return }
    let place = path(SynthesisFolder.latents, "safetensors")
    try SafetensorsWriter.write(["latent": try latent.contiguous()], to: folder.file(place))
    let contents = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(place))))
    record.latent = PairFile(path: place, sha256: SHA256.hex(contents), bytes: contents.count)
  }

  /// Journals may come from other machines: their pictures must be of this data set.
  func checkOrigin(_ records: [UInt64: PairRecord]) throws {
    guard let stranger = records.values.filter({ $0.settings != settings.hash }).min(by: { $0.seed < $1.seed }) else {
      return
    }
    throw DatasetError(
      .manifest,
      "putting the journals together: the picture of seed \(stranger.seed) was made with other settings; shares of one data "
        + "set are made by the same recipe")
  }

  /// A metric that takes no picture of this size would drop them all.
  private func checkSize(_ metrics: [any NoReferenceMetric]) throws {
    var random = SeededRandom(seed: 0, name: "noise")
    let noise = (0..<3 * settings.width * settings.height).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let picture_BCHW = try Tensor(noise, [1, 3, settings.height, settings.width])
    for metric in metrics {
      do { _ = try withoutGradient { try metric.score(picture_BCHW) } } catch let error as QualityError {
        throw DatasetError(.argument, "making pairs of \(settings.width)x\(settings.height): \(error.message)")
      }
    }
  }
}

/// What a test throws to end a run as a kill would.
struct SynthesisKill: Error {}
