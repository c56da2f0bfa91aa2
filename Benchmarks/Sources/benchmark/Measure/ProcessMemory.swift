import Foundation

/// Memory of a process as the system counts it.
enum ProcessMemory {
  /// The largest resident size of this process, bytes: also pages of mapped files that were touched.
  static var peak: Int {
    #if canImport(Darwin)
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return Int(usage.ru_maxrss)
    #else
      // `ru_maxrss` would begin with what the process was before `exec`.
      return status(of: "self", "VmHWM") ?? 0
    #endif
  }

  /// Resident memory of a process that no file backs, bytes; nil where the system does not say.
  static func anonymous(of process: Int32) -> Int? { status(of: String(process), "RssAnon") }

  /// The largest resident size that a process has had, bytes; nil where the system does not say.
  static func peak(of process: Int32) -> Int? { status(of: String(process), "VmHWM") }

  private static func status(of process: String, _ field: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
