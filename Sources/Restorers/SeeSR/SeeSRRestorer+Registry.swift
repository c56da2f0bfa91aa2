extension RestorerEntry {
  /// SeeSR.
  static let seesr = RestorerEntry(
    name: "seesr", summary: "Stable Diffusion 2 guided by tags and a picture's tokens: ×4 in 50 steps",
    licence: "Apache-2.0; Stable Diffusion 2: CreativeML Open RAIL++-M; RAM: Apache-2.0",
    isShipped: false,
    parts: [SeeSRRestorer.unet, SeeSRRestorer.controlNet] + SteeredParts.all,
    recognises: { path in
      let folder = ModelFolder(path, model: "seesr")
      return folder.holds(SeeSRRestorer.unet) && folder.holds(SeeSRRestorer.controlNet)
    },
    load: { folder, dtype, device in try SeeSRRestorer(folder: folder, dtype: dtype, device: device) })
}
