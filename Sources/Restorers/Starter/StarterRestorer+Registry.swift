internal import Foundation

extension RestorerEntry {
  /// The small model that ships with Burnish.
  static let starter = RestorerEntry(
    name: "starter", summary: "small, fast, ships with Burnish: ×4 in 1 to 4 steps", licence: "Apache-2.0",
    isShipped: true,
    parts: ["model.json", "unet", "controlnet", StarterFolder.restorationModule].map {
      ModelPart(
        $0, places: [$0], summary: "part of the starter", source: "Burnish's own repository, Models/starter",
        isOptional: $0 == StarterFolder.restorationModule)
    },
    recognises: { FileManager.default.fileExists(atPath: $0 + "/model.json") },
    load: { folder, dtype, device in StarterRestorer(try StarterFolder.load(folder, dtype: dtype, device: device)) })
}
