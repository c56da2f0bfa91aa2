internal import Foundation

/// The files of a run.
struct RunFolder {
  /// Where they lie.
  let path: String

  init(_ path: String) { self.path = path }

  /// The state to go on from.
  var state: String { path + "/state.safetensors" }
  /// The model as it stands.
  var model: String { path + "/model" }
  /// One JSON object a line.
  var log: String { path + "/log.jsonl" }
  /// Former states, where several are kept.
  private var states: String { path + "/states" }

  /// Throws `TrainingError` when the folder cannot be made.
  func make() throws {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw TrainingError(.state, "making the run's folder '\(path)': \(error.localizedDescription)")
    }
  }

  /// Writes a state, and keeps it among the last `count`.
  ///
  /// A former state has a name of its own and shares its memory on the disk with the newest one.
  func write(_ state: TrainingState, keeping count: Int) throws {
    try state.write(to: self.state)
    guard count > 1 else { return }
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: states, withIntermediateDirectories: true)
      let digits = String(state.step)
      let name = "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".safetensors"
      let place = states + "/" + name
      if files.fileExists(atPath: place) { try files.removeItem(atPath: place) }
      // A link and not a copy; file systems without links get the copy.
      do { try files.linkItem(atPath: self.state, toPath: place) } catch {
        try files.copyItem(atPath: self.state, toPath: place)
      }
      let kept = try files.contentsOfDirectory(atPath: states).filter { $0.hasPrefix("step-") }.sorted()
      for old in kept.dropLast(count) { try files.removeItem(atPath: states + "/" + old) }
    } catch {
      throw TrainingError(.state, "keeping the last \(count) states in '\(states)': \(error.localizedDescription)")
    }
  }
}
