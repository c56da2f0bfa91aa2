import Foundation
import Torch

/// Runs a fixture and says how close it came.
enum FixtureReport {
  /// The report of one fixture; whatever goes wrong becomes a FAIL with its reason.
  /// - Parameters:
  ///   - path: The fixture.
  ///   - verbose: Name every output, also of a fixture that passed.
  static func line(for path: String, verbose: Bool) -> ReportLine {
    var name = (path as NSString).lastPathComponent
    do {
      let fixture = try Fixture(path: path)
      name = fixture.component
      guard let component = ComponentRegistry.component(name) else {
        throw ParityError(
          "there is no component '\(name)'; known are \(ComponentRegistry.names.sorted().joined(separator: ", "))")
      }
      return try withoutGradient { try compare(fixture, try component.run(fixture), path: path, verbose: verbose) }
    } catch {
      return ReportLine(text: "\(name)  nan  nan  FAIL", notes: ["\(path): \(error)"], passed: false)
    }
  }

  private static func compare(
    _ fixture: Fixture, _ answers: [Answer], path: String, verbose: Bool
  ) throws -> ReportLine {
    var open = fixture.outputs
    var worst = Comparison.none
    var notes: [String] = []
    for answer in answers {
      open.remove(answer.output)
      switch answer.kind {
      case .tensor(let actual):
        let comparison = try Comparison(
          actual, try fixture.output(answer.output), absolute: fixture.absoluteTolerance,
          relative: fixture.relativeTolerance)
        worst = worst.worse(comparison)
        if verbose || !comparison.passed { notes.append("\(path): \(answer.label): \(comparison)") }
      case .incomparable(let reason):
        if verbose { notes.append("\(path): \(answer.output): not compared: \(reason)") }
      }
    }
    for output in open.sorted() { notes.append("\(path): \(output): the component answered nothing for it") }
    if answers.isEmpty { notes.append("\(path): the fixture holds no output") }
    let passed = worst.passed && open.isEmpty && !answers.isEmpty
    return ReportLine(
      text: "\(fixture.component)  \(Comparison.format(worst.absolute))  \(Comparison.format(worst.relative))  "
        + (passed ? "PASS" : "FAIL"), notes: notes, passed: passed)
  }
}
