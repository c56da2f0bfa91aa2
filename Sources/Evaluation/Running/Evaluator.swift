internal import Datasets
public import Degradation
internal import Foundation
internal import Restorers
internal import Torch

/// Runs a plan into a report folder: restores and measures what is not there yet, and writes tables and page.
public final class Evaluator {
  /// What the program lends.
  public struct Surroundings {
    let files: any PictureFiles
    let codec: any JPEGCodec
    let describe: (any Error) -> String
    let shouldStop: @Sendable () -> Bool
    let tell: @Sendable (EvaluationEvent) -> Void

    /// What the program lends.
    /// - Parameters:
    ///   - files: Who reads and writes pictures.
    ///   - codec: Who compresses.
    ///   - describe: Puts errors into words.
    ///   - shouldStop: Asked between steps and pictures.
    ///   - tell: Told of everything that happens.
    public init(
      files: any PictureFiles, codec: any JPEGCodec, describe: @escaping (any Error) -> String,
      shouldStop: @escaping @Sendable () -> Bool, tell: @escaping @Sendable (EvaluationEvent) -> Void
    ) {
      self.files = files
      self.codec = codec
      self.describe = describe
      self.shouldStop = shouldStop
      self.tell = tell
    }
  }

  let plan: EvaluationPlan
  let metrics: [EvaluationMetric]
  let folder: ReportFolder
  let surroundings: Surroundings
  let pairs: PairMaker
  var summary = EvaluationSummary()
  private var checksums: [String: String] = [:]
  /// Features of references, by group and metric.
  var setReferences: [String: Tensor] = [:]

  /// An evaluation.
  /// - Parameters:
  ///   - plan: What is to be done.
  ///   - metrics: Columns, in order.
  ///   - output: The report folder; made when it is not there.
  ///   - surroundings: What the program lends.
  public init(_ plan: EvaluationPlan, metrics: [EvaluationMetric], output: String, surroundings: Surroundings) {
    self.plan = plan
    self.metrics = metrics
    folder = ReportFolder(path: output)
    self.surroundings = surroundings
    pairs = PairMaker(plan, files: surroundings.files, codec: surroundings.codec)
  }

  /// A cell, and the pictures of it that are still to be done.
  struct Work {
    let group: EvaluationPlan.Group
    let run: EvaluationRun
    let path: String
    var record: CellRecord
    var pending: [EvaluationDataset.Item]

    var label: EvaluationEvent.Cell {
      EvaluationEvent.Cell(dataset: group.dataset.name, sample: group.sample.name, run: run.label)
    }
  }

  /// Does what is not done, then writes the report.
  /// - Throws: `EvaluationError` when the report folder cannot be written.
  public func run() throws -> EvaluationSummary {
    let began = ContinuousClock.now
    var works = try look()
    let pending = works.reduce(0) { $0 + $1.pending.count }
    summary.finished = works.reduce(0) { $0 + $1.group.dataset.items.count - $1.pending.count }
    surroundings.tell(.begin(cells: works.count, pictures: pending, finished: summary.finished))
    // Rows of one model follow each other, so that it is loaded once.
    var loaded: (name: String, method: Result<LoadedMethod, any Error>)?
    for index in works.indices where !summary.interrupted {
      let isIdle = works[index].pending.isEmpty
      if !isIdle {
        let model = works[index].run.model
        if loaded?.name != model {
          loaded = nil
          loaded = (model, Result { try LoadedMethod(works[index].run.method, plan) })
        }
      }
      let method = isIdle ? nil : loaded?.method
      try autoreleasing { try work(&works[index], method) }
    }
    summary.seconds = began.duration(to: .now).seconds
    summary.page = folder.file("index.html")
    try writeReport(works.map { ($0.group, $0.run, $0.record) })
    surroundings.tell(.end(summary))
    return summary
  }

  private func autoreleasing<Value>(_ body: () throws -> Value) rethrows -> Value {
    #if canImport(ObjectiveC)
      return try autoreleasepool(invoking: body)
    #else
      return try body()
    #endif
  }

  // MARK: What is there

  /// Reads the cells and finds what is still to be done.
  private func look() throws -> [Work] {
    var identities: [String: String] = [:]
    var works: [Work] = []
    for run in plan.runs {
      for group in plan.groups {
        let identity = try identities[run.model] ?? FileIdentity.ofModel(run.method)
        identities[run.model] = identity
        let key = try key(group, run, modelFiles: identity)
        let path = folder.cell(group, run)
        var record = CellRecord(key: key)
        if let found = folder.read(path), found.key == key { record = found }
        record.problem = nil
        let pending = try settle(&record, group, run)
        works.append(Work(group: group, run: run, path: path, record: record, pending: pending))
      }
    }
    return works
  }

  private func key(_ group: EvaluationPlan.Group, _ run: EvaluationRun, modelFiles: String) throws -> CellKey {
    var recipe = ""
    if case .recipe(let value) = group.sample.source { recipe = try value.fingerprint() }
    let enlarges = group.sample.crop.enlarges ? ", enlarging" : ""
    let isBicubic = if case .bicubic = run.method { true } else { false }
    return CellKey(
      program: plan.program, libtorch: Machine.runningVersion, dataset: group.dataset.name, sample: group.sample.name,
      recipe: recipe, crop: group.sample.crop.label + enlarges, seed: plan.seed, model: run.model,
      modelFiles: modelFiles, steps: run.steps, colorFix: isBicubic ? "" : plan.colorFix.rawValue,
      fidelity: isBicubic ? nil : plan.fidelity, scale: group.dataset.hasReferences ? 0 : plan.scale,
      device: isBicubic ? "" : plan.device.name, dtype: isBicubic ? "" : "\(plan.dtype)")
  }

  /// Brings a record's rows in line with the data set as it is now, and answers the pictures that are to be done.
  private func settle(
    _ record: inout CellRecord, _ group: EvaluationPlan.Group, _ run: EvaluationRun
  ) throws -> [EvaluationDataset.Item] {
    let known = Dictionary(record.rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    // Scores of other weights than today's are no scores of this metric.
    let stale = metrics.filter { record.weights[$0.name] != nil && record.weights[$0.name] != $0.weights }.map(\.name)
    for metric in metrics { record.weights[metric.name] = metric.weights }
    let shown = Set(plan.shownItems(of: group).map(\.name))
    var pending: [EvaluationDataset.Item] = []
    let before = record.rows
    record.rows = group.dataset.items.map { item in
      let checksums = item.problem == nil ? checksums(item) : []
      var row = known[item.name] ?? PictureRow(name: item.name)
      if row.inputs != checksums { row = PictureRow(name: item.name) }
      row.inputs = checksums
      for name in stale { row.scores[name] = nil }
      let isMeasured = metrics.allSatisfy { !$0.measures(group.dataset) || row.scores[$0.name] != nil }
      let isKept = plan.keepsPictures || shown.contains(item.name)
      let isThere = !isKept || FileManager.default.fileExists(atPath: folder.picture(group, run, item))
      if !row.errors.isEmpty || row.seconds == nil || !isMeasured || !isThere { pending.append(item) }
      return row
    }
    // A set's score is that of exactly these pictures.
    if !pending.isEmpty || before.map(\.inputs) != record.rows.map(\.inputs) { record.sets = [:] }
    for name in stale { record.sets[name] = nil }
    return pending
  }

  /// Digests of an item's files; an unreadable file has one that fits nothing, and is named when its turn comes.
  private func checksums(_ item: EvaluationDataset.Item) -> [String] {
    [item.reference, item.low].compactMap { $0 }.map { path in
      if let known = checksums[path] { return known }
      let sum = (try? FileIdentity.ofContents(path)) ?? "unreadable"
      checksums[path] = sum
      return sum
    }
  }

  // MARK: What is done

  private func work(_ work: inout Work, _ method: Result<LoadedMethod, any Error>?) throws {
    let label = work.label
    if let method {
      let loaded: LoadedMethod
      do {
        loaded = try method.get()
        try loaded.check(work.run)
        if work.run.steps == nil { work.record.ownSteps = loaded.ownSteps }
      } catch {
        let message = surroundings.describe(error)
        work.record.problem = message
        summary.failed += work.pending.count
        surroundings.tell(.cellFailed(label, pictures: work.pending.count, message: message))
        try folder.write(work.record, to: work.path)
        return
      }
      surroundings.tell(.cell(label, pictures: work.pending.count, warnings: loaded.warnings))
      try workOff(&work, loaded)
    }
    if !summary.interrupted { measureSets(&work.record, work.group, work.run, work.label) }
    try folder.write(work.record, to: work.path)
  }

  private func workOff(_ work: inout Work, _ method: LoadedMethod) throws {
    var saved = ContinuousClock.now
    let positions = Dictionary(
      work.record.rows.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for item in work.pending {
      if surroundings.shouldStop() {
        summary.interrupted = true
        return
      }
      guard let position = positions[item.name] else { continue }
      do {
        try autoreleasing { try measure(item, work.group, work.run, method, &work.record.rows[position], work.label) }
      } catch is CancellationError {
        summary.interrupted = true
        return
      } catch {
        work.record.rows[position].errors = [surroundings.describe(error)]
      }
      let row = work.record.rows[position]
      if row.errors.isEmpty {
        summary.done += 1
        surroundings.tell(
          .done(work.label, picture: item.name, seconds: row.seconds ?? 0, scores: row.scores, notes: row.notes))
      } else {
        summary.failed += 1
        surroundings.tell(
          .failed(work.label, picture: item.name, message: row.errors.joined(separator: "; ")))
      }
      // Little is lost where the program is killed, and a long list is not written anew for every picture.
      if saved.duration(to: .now) > .seconds(2) {
        try folder.write(work.record, to: work.path)
        saved = .now
      }
    }
  }

  /// Restores one picture, where that is not done, and measures it.
  private func measure(
    _ item: EvaluationDataset.Item, _ group: EvaluationPlan.Group, _ run: EvaluationRun, _ method: LoadedMethod,
    _ row: inout PictureRow, _ label: EvaluationEvent.Cell
  ) throws {
    row.errors = []
    if let problem = item.problem { throw EvaluationError(.picture, problem) }
    let pair = try pairs.pair(item, of: group)
    let path = folder.picture(group, run, item)
    let restored: DecodedPicture
    if row.seconds != nil, let kept = try? read(path), kept.width == pair.width, kept.height == pair.height {
      // Another metric was asked for: the picture is there.
      restored = kept
    } else {
      row.scores = [:]
      PeakMemory.reset(on: plan.device)
      let began = ContinuousClock.now
      let (tell, shouldStop) = (surroundings.tell, surroundings.shouldStop)
      let monitor = RestorationMonitor(
        report: { tell(.progress(label, picture: item.name, $0)) }, cancellation: CancellationCheck(shouldStop))
      let result = try method.restore(pair, run, plan, monitor: monitor)
      try monitor.cancellation.check()
      if plan.device.kind != "cpu" { try plan.device.synchronize() }
      row.seconds = began.duration(to: .now).seconds
      row.memory = PeakMemory.bytes(on: plan.device)
      row.notes = result.notes
      (row.width, row.height) = (pair.width, pair.height)
      restored = result.picture
      let isShown = plan.shownItems(of: group).contains { $0.name == item.name }
      if plan.keepsPictures || isShown {
        try write(restored, to: path)
        let low = folder.low(group, item)
        if !FileManager.default.fileExists(atPath: low) || (try? read(low)) != pair.low { try write(pair.low, to: low) }
      }
    }
    let image_BCHW = try restored.tensor()
    let reference_BCHW = try pair.reference?.tensor()
    for metric in metrics where row.scores[metric.name] == nil && metric.measures(group.dataset) {
      do { row.scores[metric.name] = try metric.score(image_BCHW, reference_BCHW) } catch {
        let text = surroundings.describe(error)
        row.errors.append(text.contains(metric.name) ? text : "\(metric.name): \(text)")
      }
    }
  }

  private func write(_ picture: DecodedPicture, to path: String) throws {
    do { try folder.makeFolder(of: path) } catch {
      throw EvaluationError(.report, "writing '\(path)': \((error as NSError).localizedDescription)")
    }
    try surroundings.files.writePNG(picture, to: path)
  }

  /// Decodes a picture of the report folder.
  func read(_ path: String) throws -> DecodedPicture {
    let picture = try surroundings.files.decodeRGB8(path: path)
    return try DecodedPicture(width: picture.width, height: picture.height, rgb8: picture.pixels)
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
