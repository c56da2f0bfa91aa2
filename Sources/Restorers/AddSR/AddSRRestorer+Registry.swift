internal import Foundation

extension RestorerEntry {
  /// AddSR. Its networks are laid out like SeeSR's: a folder has to say by its name, or by that of one in it, which it is.
  static let addsr = RestorerEntry(
    name: "addsr", summary: "SeeSR distilled, with self-refinement: ×4 in 1 to 4 steps",
    licence: "Apache-2.0; Stable Diffusion 2: CreativeML Open RAIL++-M; RAM: Apache-2.0",
    isShipped: false,
    parts: [AddSRRestorer.unet, AddSRRestorer.controlNet] + SteeredParts.all,
    recognises: { path in
      let name = URL(fileURLWithPath: path).resolvingSymlinksInPath().lastPathComponent.lowercased()
      let folder = ModelFolder(path, model: "addsr")
      let isNamed = name.contains("addsr") && folder.holds(AddSRRestorer.unet)
      return isNamed || FileManager.default.fileExists(atPath: path + "/addsr/unet")
    },
    load: { folder, dtype, device in try AddSRRestorer(folder: folder, dtype: dtype, device: device) })
}
