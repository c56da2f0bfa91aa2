extension RestorerEntry {
  /// StableSR.
  static let stablesr = RestorerEntry(
    name: "stablesr", summary: "Stable Diffusion 2.1 under a time-aware encoder: ×4 in 4 (turbo) to 200 steps",
    licence: "S-Lab License 1.0, non-commercial; Stable Diffusion 2.1: CreativeML Open RAIL++-M",
    isShipped: false,
    parts: StableSRFiles.mains.map(\.part) + [StableSRFiles.wrapping, StableSRFiles.tokenizer],
    recognises: { StableSRFiles.recognises($0) || StableSRFolder.recognises($0) },
    load: { path, dtype, device in try StableSRRestorer(path: path, dtype: dtype, device: device) })
}
