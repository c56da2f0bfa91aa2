internal import Foundation

/// Where messages for people go: standard error, so that standard output stays clean for `--json`.
enum Terminal {
  /// True when people watch: a bar may be drawn over itself.
  static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Columns of the window; 80 when unknown.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a line.
  static func say(_ text: String) { write(text + "\n") }

  /// Writes without an end of line.
  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Writes a line to standard output.
  static func output(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  /// "3.2 s", "4 min 10 s", "1 h 12 min".
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<10: return String(format: "%.1f s", seconds)
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    default: return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
  }

  /// "1.4 GB", "380 MB", powers of 1000.
  static func bytes(_ count: Int) -> String {
    count >= 1_000_000_000 ? String(format: "%.1f GB", Double(count) / 1e9) : "\(count / 1_000_000) MB"
  }
}
