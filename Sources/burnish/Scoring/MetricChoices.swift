internal import ArgumentParser
internal import Foundation
internal import Quality
internal import Torch

/// The metrics that a user asked for, each once.
struct MetricChoices {
  /// Where weights lie.
  static var folder: String { ModelLocator.home + "/metrics" }

  /// In the order in which they were asked for.
  let all: [MetricCatalogue.Choice]

  /// Reads names with commas between.
  /// - Parameter border: Pixels to cut from each side, where a name does not say.
  /// - Throws: `ValidationError` for unknown names, with the nearest.
  init(_ text: String, border: Int = 0) throws {
    let words = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !words.isEmpty else { throw ValidationError("--metrics names no metric") }
    var names: Set<String> = []
    all = try words.compactMap { word in
      do throws(QualityError) {
        let choice = try MetricCatalogue.choose(word, border: border)
        return names.insert("\(choice.entry.name) \(choice.border)").inserted ? choice : nil
      } catch {
        throw ValidationError("--metrics: \(error.message) ('burnish score --list' names all)")
      }
    }
  }

  /// Reads the weights.
  /// - Throws: `UsageError` for files that are not there; what reading them throws.
  func load(on device: Device) throws -> [(column: ScoreSheet.Column, metric: Metric)] {
    // What is absent is a matter of usage, and said before minutes of reading what is there.
    for choice in all where !choice.entry.missingFiles(in: Self.folder).isEmpty { _ = try Self.load(choice, device) }
    return try all.map { try Self.load($0, device) }
  }

  private static func load(
    _ choice: MetricCatalogue.Choice, _ device: Device
  ) throws -> (column: ScoreSheet.Column, metric: Metric) {
    do {
      let metric = try choice.entry.make(
        MetricEntry.Request(border: choice.border, folder: folder, device: device))
      let column = ScoreSheet.Column(
        name: metric.name, word: choice.word, entry: choice.entry, border: choice.border,
        files: choice.entry.files.compactMap { $0.find(in: folder) })
      return (column, metric)
    } catch let error as QualityError {
      throw UsageError(error.message)
    }
  }
}
