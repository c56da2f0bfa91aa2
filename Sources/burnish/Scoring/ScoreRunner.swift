internal import Foundation
internal import Pictures
internal import Quality
internal import Torch

/// Measures pictures, several of the same size at once; one that fails does not stop the others.
final class ScoreRunner {
  private let metrics: [(column: ScoreSheet.Column, metric: Metric)]
  private var sheet: ScoreSheet
  /// Features of the measured set and of the reference's, for metrics of sets.
  private var features: [Tensor] = []

  /// Pixels of pictures that are measured at once, and the most of them: networks are a little faster with several small
  /// ones, and memory is what a single larger one takes.
  private static let batchPixels = 1 << 19
  private static let batchCount = 8

  /// - Parameters:
  ///   - metrics: Ready to measure.
  ///   - device: Where networks run.
  init(_ metrics: [(column: ScoreSheet.Column, metric: Metric)], device: Device) {
    self.metrics = metrics
    sheet = ScoreSheet(columns: metrics.map(\.column), device: device.name)
  }

  /// One decoded picture, and its reference where one is needed.
  private struct Loaded {
    let row: Int
    let image_BCHW: Tensor
    let reference_BCHW: Tensor?
  }

  /// Measures every picture.
  /// - Parameters:
  ///   - jobs: The pictures.
  ///   - tell: Called with the number of pictures that are done.
  func run(_ jobs: [ScoreJob], tell: (Int) -> Void = { _ in }) -> ScoreSheet {
    var waiting: [Loaded] = []
    for (number, job) in jobs.enumerated() {
      if Interruption.isRequested {
        sheet.wasInterrupted = true
        break
      }
      sheet.rows.append(ScoreSheet.Row(image: job.image, reference: job.reference))
      if let loaded = load(job, row: number) {
        if let first = waiting.first, first.image_BCHW.shape != loaded.image_BCHW.shape || isFull(waiting) {
          measure(&waiting)
        }
        waiting.append(loaded)
      }
      tell(number + 1)
    }
    measure(&waiting)
    measureSets()
    return sheet
  }

  private func isFull(_ batch: [Loaded]) -> Bool {
    let pixels = batch.reduce(0) { $0 + $1.image_BCHW.size(2) * $1.image_BCHW.size(3) }
    return batch.count >= Self.batchCount || pixels >= Self.batchPixels
  }

  private var comparesPairs: Bool { metrics.contains { $0.column.entry.kind == .pair } }

  /// Decodes a picture; nil where it cannot be, which its row says.
  private func load(_ job: ScoreJob, row: Int) -> Loaded? {
    do {
      let image = try Self.decode(job.image)
      guard comparesPairs else { return Loaded(row: row, image_BCHW: image, reference_BCHW: nil) }
      // What needs no reference is measured all the same.
      do {
        if let problem = job.problem { throw UsageError(problem) }
        guard let path = job.reference else { return Loaded(row: row, image_BCHW: image, reference_BCHW: nil) }
        let reference = try Self.decode(path)
        guard image.shape == reference.shape else {
          throw UsageError(
            "'\(job.image)' has \(Self.size(image)) pixels and its reference '\(path)' has \(Self.size(reference)); "
              + "they must have the same size")
        }
        return Loaded(row: row, image_BCHW: image, reference_BCHW: reference)
      } catch {
        sheet.rows[row].errors.append(ErrorText.of(error))
        return Loaded(row: row, image_BCHW: image, reference_BCHW: nil)
      }
    } catch {
      sheet.rows[row].errors.append(ErrorText.of(error))
      return nil
    }
  }

  private static func decode(_ path: String) throws -> Tensor {
    let picture = try Picture.decodeRGB8(path: path)
    return try Tensor(picture.samples, [1, picture.height, picture.width, 3]).permuted([0, 3, 1, 2])
  }

  private static func size(_ picture: Tensor) -> String { "\(picture.size(3))x\(picture.size(2))" }

  /// Measures what is waiting, which is of one size.
  private func measure(_ waiting: inout [Loaded]) {
    for (column, metric) in metrics {
      let batch = column.entry.kind == .pair ? waiting.filter { $0.reference_BCHW != nil } : waiting
      guard !batch.isEmpty else { continue }
      do {
        try measure(batch, column, metric)
      } catch {
        guard batch.count > 1 else {
          fail(batch[0], column, error)
          continue
        }
        // One of them, or all together need too much memory.
        for one in batch {
          do { try measure([one], column, metric) } catch { fail(one, column, error) }
        }
      }
    }
    waiting = []
  }

  private func fail(_ loaded: Loaded, _ column: ScoreSheet.Column, _ error: any Error) {
    let text = ErrorText.of(error)
    sheet.rows[loaded.row].errors.append(text.contains(column.name) ? text : "\(column.name): \(text)")
  }

  private func measure(_ batch: [Loaded], _ column: ScoreSheet.Column, _ metric: Metric) throws {
    try withoutGradient {
      let image_BCHW = try Self.joined(batch.map(\.image_BCHW))
      let scores: [Double]
      switch metric {
      case .pair(let metric):
        scores = try metric.score(image_BCHW, reference_BCHW: Self.joined(batch.compactMap(\.reference_BCHW)))
      case .single(let metric): scores = try metric.score(image_BCHW)
      case .sets(let metric):
        features.append(try metric.features(image_BCHW))
        return
      }
      for (loaded, score) in zip(batch, scores) { sheet.rows[loaded.row].scores[column.name] = score }
    }
  }

  private static func joined(_ pictures: [Tensor]) throws -> Tensor {
    pictures.count == 1 ? pictures[0] : try .concatenated(pictures, axis: 0)
  }

  // MARK: Sets

  /// Every picture of the reference, whether a measured one has its name or not.
  var referenceSet: [String] = []

  private func measureSets() {
    guard !sheet.wasInterrupted else { return }
    for (column, metric) in metrics {
      guard case .sets(let fid) = metric else { continue }
      do {
        let references = try withoutGradient { try referenceSet.map { try fid.features(Self.decode($0)) } }
        guard !features.isEmpty, !references.isEmpty else {
          throw UsageError("\(column.name): each set needs at least two pictures that can be read")
        }
        let (first, second) = (try Self.joined(features), try Self.joined(references))
        sheet.sets[column.name] = try FID.distance(first, second)
        sheet.setCounts[column.name] = (first.size(0), second.size(0))
      } catch {
        sheet.errors.append(ErrorText.of(error))
      }
    }
  }
}
