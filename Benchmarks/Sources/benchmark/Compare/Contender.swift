import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A measured process that makes a pass when told to.
final class Contender {
  private let process = Process()
  private let orders = Pipe()
  private let answers = Pipe()
  private let name: String
  private let started = Stopwatch()
  private var buffer = Data()
  /// The largest size that no file backs, seen every few milliseconds, bytes; 0 where the system does not say.
  private(set) var anonymousPeak = 0

  /// Starts a process.
  /// - Parameters:
  ///   - name: For messages.
  ///   - command: The program and its arguments.
  init(_ name: String, _ command: [String]) throws {
    self.name = name
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = orders
    process.standardOutput = answers
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// Waits until the process has said a line.
  /// - Returns: Seconds since the process was started.
  @discardableResult
  func wait(for expected: String) throws -> Double {
    let line = try readLine()
    guard line == expected else { throw BenchmarkError("\(name) said '\(line)' instead of '\(expected)'") }
    return started.elapsed().wall
  }

  /// Has one pass made.
  /// - Parameter order: What the process is told.
  func makePass(_ order: String = "go") throws {
    orders.fileHandleForWriting.write(Data((order + "\n").utf8))
    try wait(for: "done")
  }

  /// Ends the process.
  /// - Returns: What it measured.
  func finish<Answer: Decodable>(as type: Answer.Type = Answer.self) throws -> Answer {
    try orders.fileHandleForWriting.close()
    let answer: Answer = try self.answer()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("\(name) ended with code \(process.terminationStatus)")
    }
    return answer
  }

  /// Waits for a line of JSON.
  func answer<Answer: Decodable>(as type: Answer.Type = Answer.self) throws -> Answer {
    let line = try readLine()
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
    } catch {
      throw BenchmarkError("\(name) reported '\(line)': \(error)")
    }
  }

  private func readLine() throws -> String {
    let descriptor = answers.fileHandleForReading.fileDescriptor
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[buffer.startIndex..<end], as: UTF8.self)
        buffer.removeSubrange(buffer.startIndex...end)
        return line
      }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, 10)
      anonymousPeak = max(anonymousPeak, ProcessMemory.anonymous(of: process.processIdentifier) ?? 0)
      guard ready > 0 else { continue }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else {
        process.waitUntilExit()
        throw BenchmarkError("\(name) ended early, with code \(process.terminationStatus)")
      }
      buffer.append(more)
    }
  }
}
