import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// One whole program that restores one picture, from start to end.
struct SystemRun {
  /// Seconds from the program's start to its end.
  var seconds = 0.0
  /// The largest resident size, bytes.
  var peakBytes = 0
  /// Seconds of each stage, in the order in which they began; empty where the program does not tell.
  var stages: [(name: String, seconds: Double)] = []
  /// Tiles of a step.
  var tiles = 1

  /// Runs a program and waits for it.
  /// - Parameters:
  ///   - command: The program and its arguments. What it prints in JSON lines with `stage` gives the stages' times.
  ///   - environment: Added to this process's own.
  init(_ command: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let watch = Stopwatch()
    try process.run()
    let descriptor = output.fileHandleForReading.fileDescriptor
    var buffer = Data()
    var begun: [(name: String, at: Double)] = []
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, 20)
      peakBytes = max(peakBytes, ProcessMemory.peak(of: process.processIdentifier) ?? 0)
      guard ready > 0 else { continue }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      buffer.append(more)
      while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[buffer.startIndex..<end]
        if let event = try? JSONSerialization.jsonObject(with: line) as? [String: Any] {
          if let stage = event["stage"] as? String, begun.last?.name != stage {
            begun.append((stage, watch.elapsed().wall))
          }
          tiles = max(tiles, event["tiles"] as? Int ?? 1)
        }
        buffer.removeSubrange(buffer.startIndex...end)
      }
    }
    process.waitUntilExit()
    seconds = watch.elapsed().wall
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("'\(command.joined(separator: " "))' ended with code \(process.terminationStatus)")
    }
    if let first = begun.first { stages.append(("start", first.at)) }
    for (index, stage) in begun.enumerated() {
      stages.append((stage.name, (index + 1 < begun.count ? begun[index + 1].at : seconds) - stage.at))
    }
  }
}
