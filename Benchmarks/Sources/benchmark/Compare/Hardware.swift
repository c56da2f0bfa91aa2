import Foundation

/// What the figures were measured on.
enum Hardware {
  /// The processor's name and its count of cores.
  static var name: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    return "\(model), \(ProcessInfo.processInfo.processorCount) cores"
  }

  /// Today, as year, month and day.
  static var isoDate: String { Date().formatted(.iso8601.year().month().day()) }
}
