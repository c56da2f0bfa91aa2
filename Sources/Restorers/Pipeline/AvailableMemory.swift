internal import Foundation
internal import Torch

/// The memory that a run may count on.
public enum AvailableMemory {
  /// Bytes on a device: for a GPU what its driver and libtorch's own cache have free, and never more than main memory, through
  /// which every picture passes.
  static func bytes(on device: Device) -> Int {
    guard device.kind == "cuda", let memory = try? device.memory() else { return bytes }
    return min(memory.free + memory.reserved - memory.allocated, bytes)
  }

  /// Bytes that can be had without swapping: what the system calls available, and not more than is left to the container
  /// that the program runs in.
  public static var bytes: Int {
    let machine =
      text("/proc/meminfo").flatMap { fields($0)["MemAvailable:"] }.map { $0 * 1024 }
      ?? Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return min(machine, container() ?? machine)
  }

  /// What the control group (version 2, then 1) leaves; nil where there is no limit.
  private static func container() -> Int? {
    let root = "/sys/fs/cgroup"
    for (limit, usage, statistics) in [
      ("/memory.max", "/memory.current", "/memory.stat"),
      ("/memory/memory.limit_in_bytes", "/memory/memory.usage_in_bytes", "/memory/memory.stat"),
    ] {
      // Without a limit, version 2 says "max" and version 1 a number close to 2⁶³.
      guard let most = number(root + limit), most < 1 << 60, let used = number(root + usage) else { continue }
      // Files that were read stand in `used` too, and make room when it is needed.
      let files = text(root + statistics).flatMap { fields($0)["inactive_file"] } ?? 0
      return max(most - max(used - files, 0), 0)
    }
    return nil
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private static func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// Lines of a name and a number.
  private static func fields(_ text: String) -> [String: Int] {
    var found: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2, let value = Int(words[1]) { found[String(words[0])] = value }
    }
    return found
  }
}
