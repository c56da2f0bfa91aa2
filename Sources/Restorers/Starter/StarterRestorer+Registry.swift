internal import Foundation

extension RestorerEntry {
  /// The small model that ships with Burnish.
  static let starter = RestorerEntry(
    name: "starter", summary: "small, fast, ships with Burnish: ×4 in 1 to 4 steps", licence: "Apache-2.0",
    recognises: { FileManager.default.fileExists(atPath: $0 + "/model.json") },
    load: { folder, dtype, device in StarterRestorer(try StarterFolder.load(folder, dtype: dtype, device: device)) })
}
