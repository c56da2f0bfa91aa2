import Checkpoints
import Foundation
import Torch

/// Builds a manifest's component and says which keys and shapes differ.
enum LayoutReport {
  /// The report of one manifest; whatever goes wrong becomes a FAIL with its reason.
  static func line(for path: String) -> ReportLine {
    let file = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    do {
      let manifest = try Manifest(path: path)
      guard let component = ComponentRegistry.component(manifest.component) else {
        throw ParityError("there is no component '\(manifest.component)'")
      }
      let loader = ParameterLoader(try component.source(manifest.config, over: manifest))
      try component.build(manifest.config, loader.root)
      let account = loader.finish()
      let notes =
        account.missing.map { "\(path): missing: \($0)" } + account.unexpected.map { "\(path): unexpected: \($0)" }
        + account.mismatched.map { "\(path): mismatched: \($0.key) is \($0.found), built as \($0.expected)" }
      return ReportLine(
        text: "\(file)  \(manifest.shapes.count)  \(account.missing.count)  \(account.unexpected.count)  "
          + "\(account.mismatched.count)  \(account.isClean ? "PASS" : "FAIL")", notes: notes, passed: account.isClean)
    } catch {
      return ReportLine(text: "\(file)  0  0  0  0  FAIL", notes: ["\(path): \(error)"], passed: false)
    }
  }
}
