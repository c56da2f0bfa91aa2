internal import Foundation
internal import Torch

/// The most memory that a piece of work takes: of the device where it has its own, of the process elsewhere.
enum PeakMemory {
  /// Lets the peak start anew.
  static func reset(on device: Device) {
    guard device.kind == "cpu" else {
      try? device.resetPeakMemory()
      return
    }
    #if os(Linux)
      // 5 sets the peak of the resident set to what it is now (proc(5)); without the right to do so it stays the program's.
      let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      _ = write(descriptor, "5", 1)
      close(descriptor)
    #endif
  }

  /// Bytes at the peak since then; where the system cannot start anew (macOS), since the program's start.
  static func bytes(on device: Device) -> Int? {
    guard device.kind == "cpu" else { return try? device.memory().peak }
    #if os(Linux)
      guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap({ Int($0) }).first
      else { return nil }
      return kilobytes * 1024
    #else
      var usage = rusage()
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
      return Int(usage.ru_maxrss)
    #endif
  }
}
