internal import Foundation

extension RestorerEntry {
  /// SeeSR.
  static let seesr = RestorerEntry(
    name: "seesr", summary: "Stable Diffusion 2 guided by tags and a picture's tokens: ×4 in 50 steps",
    licence: "Apache-2.0; Stable Diffusion 2: CreativeML Open RAIL++-M; RAM: Apache-2.0",
    isShipped: false,
    parts: SeeSRVariant.standard.parts,
    recognises: { path in
      let folder = ModelFolder(path, model: "seesr")
      return folder.holds(SeeSRVariant.standard.unet) && folder.holds(SeeSRVariant.standard.controlNet)
    },
    load: { folder, dtype, device in try SeeSRRestorer(folder: folder, dtype: dtype, device: device) })

  /// SeeSR's turbo mode. Its folder is SD-Turbo's own, with SeeSR's beside it.
  static let seesrTurbo = RestorerEntry(
    name: "seesr-turbo", summary: "SeeSR on SD-Turbo: ×4 in 2 steps", folder: "sd-turbo",
    licence: "Apache-2.0; SD-Turbo: Stability AI Community License, restricted; RAM: Apache-2.0",
    isShipped: false,
    parts: SeeSRVariant.turbo.parts,
    recognises: { path in
      let name = URL(fileURLWithPath: path).resolvingSymlinksInPath().lastPathComponent.lowercased()
      return name.contains("sd-turbo") && FileManager.default.fileExists(atPath: path + "/unet")
    },
    load: { folder, dtype, device in
      try SeeSRRestorer(folder: folder, variant: .turbo, dtype: dtype, device: device)
    })
}
