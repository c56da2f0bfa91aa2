extension RestorerEntry {
  /// FluxIR.
  static let fluxir = RestorerEntry(
    name: "fluxir", summary: "FLUX.1-dev under a light adapter in all of its blocks: ×4 in 28 steps",
    licence: "FLUX.1-dev: FLUX.1 [dev] Non-Commercial License; the adapter: its trainer's",
    isShipped: false,
    parts: [FluxIRRestorer.adapter] + FluxParts.all,
    recognises: { ModelFolder($0, model: "fluxir").holds(FluxIRRestorer.adapter) },
    load: { folder, dtype, device in try FluxIRRestorer(folder: folder, dtype: dtype, device: device) })
}
