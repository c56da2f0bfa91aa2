internal import Quality

/// The list of metrics for people.
enum MetricListing {
  /// A metric, its direction and whether it can be computed here; then its weights.
  static func lines(_ entries: [MetricEntry], folder: String) -> [String] {
    let width = entries.map(\.name.count).max() ?? 0
    var lines = ["Weights are looked for in \(folder)."]
    for entry in entries {
      let name = entry.name + String(repeating: " ", count: width - entry.name.count)
      let aliases = entry.aliases.isEmpty ? "" : " (also: \(entry.aliases.joined(separator: ", ")))"
      let isHere = entry.missingFiles(in: folder).isEmpty
      lines.append("\(name) \(ScoreFormat.arrow(entry)) \(isHere ? "ready " : "absent")  \(entry.summary)\(aliases)")
      let indent = String(repeating: " ", count: width + 11)
      for file in entry.files {
        let path = file.find(in: folder)
        lines.append(indent + (path ?? "absent: " + file.names.joined(separator: " or ")))
        lines.append(indent + "  \(file.summary); \(file.licence); \(file.source)")
      }
    }
    lines.append("↑ more is better, ↓ less is better. NAME-cropN cuts N pixels from each side (PSNR, SSIM, NIQE).")
    return lines
  }
}
