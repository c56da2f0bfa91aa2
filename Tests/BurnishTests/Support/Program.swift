import Foundation
import TestSupport

/// The program, as a user starts it.
enum Program {
  /// What a finished run left.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The events of `--json`; nil where a line is not an object.
    var events: [[String: Any]?] {
      output.split(separator: "\n").map {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }
    }

    /// The events of a kind.
    func events(_ name: String) -> [[String: Any]] {
      events.compactMap { $0 }.filter { $0["event"] as? String == name }
    }
  }

  /// Beside the tests, where the package manager builds both.
  static let path: String = {
    var folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    folders.append(Bundle.main.bundleURL)
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
      folders.append(bundle.bundleURL.deletingLastPathComponent())
    }
    let candidates = folders.map { $0.appendingPathComponent("burnish").path }
    return candidates.first(where: FileManager.default.isExecutableFile) ?? candidates[0]
  }()

  /// A model folder of its own, with a tiny model under the default's name, so that no test depends on what is installed.
  private static let home: String = {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("burnish-home-\(UUID().uuidString)").path
    try? Models.write(to: path + "/starter")
    atexit { try? FileManager.default.removeItem(atPath: Program.home) }
    return path
  }()

  /// What every run is given: widths of the terminal do not matter, nor what the user has installed.
  static var environment: [String: String] {
    var all = ProcessInfo.processInfo.environment
    all["BURNISH_HOME"] = home
    all["COLUMNS"] = "100"
    all["GOMP_SPINCOUNT"] = "0"
    all["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=0"
    all["TERM"] = nil
    return all
  }

  /// Starts the program; its output goes to files, which cannot run full as pipes do.
  static func start(
    _ arguments: [String], in folder: String? = nil, environment changes: [String: String?] = [:],
    output: FileHandle, errors: FileHandle, shell: String? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: shell == nil ? path : "/bin/sh")
    // Within a shell command, "$@" stands for the program and its arguments.
    process.arguments = shell.map { ["-c", $0, "sh", path] + arguments } ?? arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    var all = environment
    for (key, value) in changes { all[key] = value }
    process.environment = all
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - folder: Where it is started.
  ///   - environment: Variables that differ; nil takes one away.
  ///   - shell: A shell command around it, in which `"$@"` stands for the program and its arguments.
  static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String?] = [:], shell: String? = nil
  ) throws -> Outcome {
    let scratch = try TemporaryFolder()
    let (output, errors) = (scratch.file("output"), scratch.file("errors"))
    try scratch.write([], to: "output")
    try scratch.write([], to: "errors")
    let process = try start(
      arguments, in: folder, environment: environment, output: FileHandle(forWritingTo: URL(fileURLWithPath: output)),
      errors: FileHandle(forWritingTo: URL(fileURLWithPath: errors)), shell: shell)
    process.waitUntilExit()
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(status: status, output: try text(output), errors: try text(errors))
  }
}
