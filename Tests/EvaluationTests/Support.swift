import Datasets
import Degradation
import Foundation
import Quality
import Restorers
import Synchronization
import TestModels
import TestSupport
import Torch

@testable import Evaluation

/// Picture files of the plainest kind: sides, a line end, bytes.
struct PlainFiles: PictureFiles {
  struct Unreadable: Error, CustomStringConvertible { let description: String }

  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard let end = bytes.firstIndex(of: 10) else { throw Unreadable(description: "'\(path)' is no picture") }
    let sides = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard sides.count == 2 else { throw Unreadable(description: "'\(path)' is no picture") }
    return (sides[0], sides[1], Array(bytes[(end + 1)...]))
  }

  func writePNG(_ picture: DecodedPicture, to path: String) throws {
    try Data(Self.bytes(picture)).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  func preview(_ picture: DecodedPicture) throws -> (mediaType: String, bytes: [UInt8]) {
    ("image/plain", Self.bytes(picture))
  }

  static func bytes(_ picture: DecodedPicture) -> [UInt8] {
    Array("\(picture.width) \(picture.height)\n".utf8) + picture.rgb8
  }

  /// Waves, of another phase for each number.
  static func sample(_ width: Int, _ height: Int, _ phase: Int) throws -> [UInt8] {
    let rgb8 = (0..<height * width * 3).map { at in
      let (y, x, channel) = (at / 3 / width, at / 3 % width, at % 3)
      return UInt8(128 + 90 * sin(Double(x) * 0.3 + Double(channel + phase)) * cos(Double(y) * 0.2))
    }
    return bytes(try DecodedPicture(width: width, height: height, rgb8: rgb8))
  }
}

/// An evaluation of two small pictures, and what it told.
final class Bench: @unchecked Sendable {
  let folder: TemporaryFolder
  let events = Mutex<[EvaluationEvent]>([])
  var groups: [EvaluationPlan.Group]
  var runs: [EvaluationRun]
  var change: (inout EvaluationPlan) -> Void = { _ in }
  var metrics = ["psnr-y", "ssim-y"]
  /// Asked before each picture and step.
  var stop: @Sendable (Int) -> Bool = { _ in false }

  init(recipes: [String] = ["bicubic-x4", "mixture-x4"]) throws {
    folder = try TemporaryFolder()
    for (number, name) in ["a", "b"].enumerated() {
      try folder.write(PlainFiles.sample(96, 64, number), to: "data/\(name).png")
    }
    try TinyStarter(strength: 0.1).write(to: folder.file("model"))
    let dataset = try EvaluationDataset(references: folder.file("data"), butNotIn: folder.file("report"))
    groups = try recipes.map { EvaluationPlan.Group(dataset, EvaluationCase(.recipe(try .find($0)))) }
    runs = [
      try Self.starter(folder, steps: 1), try Self.starter(folder, steps: 2),
      EvaluationRun(.bicubic, model: "bicubic", steps: nil),
    ]
  }

  static func starter(_ folder: TemporaryFolder, steps: Int) throws -> EvaluationRun {
    guard let entry = RestorerRegistry.entry(named: "starter") else { throw CancellationError() }
    return EvaluationRun(.restorer(entry, folder: folder.file("model")), model: "tiny", steps: steps)
  }

  @discardableResult
  func run() throws -> EvaluationSummary {
    try useOneThread()
    events.withLock { $0 = [] }
    var plan = try EvaluationPlan(groups: groups, runs: runs, program: "test 1")
    change(&plan)
    let columns = try metrics.map { name in
      let choice = try MetricCatalogue.choose(name)
      let metric = try choice.entry.make(MetricEntry.Request(border: choice.border, folder: folder.file("weights")))
      return try EvaluationMetric(metric, entry: choice.entry, files: [])
    }
    let evaluator = Evaluator(
      plan, metrics: columns, output: folder.file("report"),
      surroundings: Evaluator.Surroundings(
        files: PlainFiles(), codec: BaselineJPEG(), describe: { "\($0)" },
        shouldStop: { [self, stop] in stop(events.withLock { $0.count }) },
        tell: { [self] event in events.withLock { $0.append(event) } }))
    return try evaluator.run()
  }

  /// Pictures that were done, as "case, row: picture".
  var done: [String] {
    events.withLock { events in
      events.compactMap { event in
        if case .done(let cell, let picture, _, _, _) = event { "\(cell.sample), \(cell.run): \(picture)" } else { nil }
      }
    }
  }

  /// Pictures that a model worked on.
  var restored: Set<String> {
    events.withLock { events in
      Set(
        events.compactMap { event in
          if case .progress(let cell, let picture, _) = event { "\(cell.sample), \(cell.run): \(picture)" } else { nil }
        })
    }
  }

  var failures: [String] {
    events.withLock { events in
      events.compactMap { event in
        switch event {
        case .failed(let cell, let picture, let message): "\(cell.run): \(picture): \(message)"
        case .cellFailed(let cell, let pictures, let message): "\(cell.run): \(pictures): \(message)"
        default: nil
        }
      }
    }
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file("report/" + name), encoding: .utf8)
  }

  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text("results.json").utf8)) as? [String: Any] ?? [:]
  }
}
