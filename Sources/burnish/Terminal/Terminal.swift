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

  /// Opens what the caller closed: the next file to be opened would get that number, and messages would go into it.
  static func occupyStandardDescriptors() {
    while true {
      let descriptor = open("/dev/null", O_RDWR)
      if descriptor > STDERR_FILENO { close(descriptor) }
      if descriptor < 0 || descriptor > STDERR_FILENO { return }
    }
  }

  /// Writes a line.
  static func say(_ text: String) { write(text + "\n") }

  /// Writes without an end of line.
  static func write(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Draws a bar over the current line.
  /// - Parameters:
  ///   - fraction: How much is done, 0 … 1.
  ///   - text: What stands behind the bar.
  static func drawBar(_ fraction: Double, _ text: String) {
    let columns = width
    let room = max(10, min(40, columns - text.count - 3))
    let filled = Int((fraction * Double(room)).rounded())
    let bar = "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled) + "]" + text
    // A line longer than the window would wrap, and could not be drawn over.
    write(eraseLine + bar.prefix(columns - 1))
  }

  /// Takes a bar away again.
  static func clearLine() { write(eraseLine) }

  /// Back to the start of the line, and erase it.
  private static let eraseLine = "\r\u{1B}[2K"

  /// Writes a line to standard output.
  static func output(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// `FileHandle` ends the program when nobody can read or the disk is full; a message that cannot be told is no reason to
  /// give up the picture.
  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// "3.2 s", "4 min 10 s", "1 h 12 min".
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9).rounded())
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
