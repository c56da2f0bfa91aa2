internal import Datasets
internal import Torch

/// What a run is about to do.
struct SynthesisDescription {
  let folder: String
  let share: SeedShard
  let settings: SynthesisSettings
  let device: String
  let dtype: String
  let warnings: [String]

  init(_ job: SynthesisJob, folder: String, share: SeedShard, device: Device, dtype: DType) {
    self.folder = folder
    self.share = share
    settings = job.settings
    self.device = device.name
    self.dtype = "\(dtype)"
    warnings = job.warnings
  }
}

/// Who is told how pairs are made: a bar on a terminal, lines in a pipe, JSON for programs.
protocol SynthesisReport: AnyObject {
  /// Before anything is loaded.
  func begin(_ run: SynthesisDescription)
  /// Something happened.
  func tell(_ event: Synthesis.Event)
  /// All pictures of the share are through, or the user stopped it.
  func end(_ summary: Synthesis.Summary)
  /// The best were selected, or pictures are missing.
  func select(_ finish: Synthesis.Finish, folder: String)
}

extension Synthesis.Missing {
  /// "3 pictures are missing, those of the seeds 4, 5, 9".
  var words: String {
    let seeds = first.map { "\($0)" }.joined(separator: ", ") + (count > first.count ? ", …" : "")
    return count == 1
      ? "1 picture is missing, that of the seed \(seeds)" : "\(count) pictures are missing, those of the seeds \(seeds)"
  }
}
