import Foundation
import TestSupport
import Testing

/// A headless browser: it opens a page, lets its scripts run, and gives the document back.
enum Browser {
  /// What a page left.
  struct Visit {
    /// The document when all was still.
    let document: String
    /// What the page's scripts complained of, and what it was not allowed to load.
    let complaints: [String]
  }

  /// Chromium or its like: `BURNISH_BROWSER`, or what is on the path; nil where there is none.
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["BURNISH_BROWSER"], !path.isEmpty { return path == "none" ? nil : path }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    let places =
      names.flatMap { name in folders.map { $0 + "/" + name } } + [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
      ]
    return places.first(where: FileManager.default.isExecutableFile)
  }()

  /// Where the tests of pages may not be skipped.
  static let isRequired = ProcessInfo.processInfo.environment["CI"] == "true"

  /// Opens a page.
  /// - Parameter file: The page's file.
  static func visit(_ file: String) throws -> Visit {
    let outcome = try start(["--virtual-time-budget=20000", "--dump-dom", "file://" + file])
    let complaints = outcome.errors.split(separator: "\n").map(String.init).filter {
      $0.contains(":CONSOLE") || $0.contains("Content Security Policy")
    }
    return Visit(document: outcome.output, complaints: complaints)
  }

  private static func start(_ arguments: [String]) throws -> (output: String, errors: String) {
    let program = try #require(path, "no browser was found")
    let scratch = try TemporaryFolder()
    try scratch.write([], to: "output")
    try scratch.write([], to: "errors")
    func handle(_ name: String) throws -> FileHandle {
      try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.file(name)))
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments  // A sandbox needs rights that root in a container lacks.
    =
      (getuid() == 0 ? ["--no-sandbox"] : []) + [
        "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--user-data-dir=" + scratch.file("profile"),
        "--enable-logging=stderr", "--window-size=1280,1600",
      ] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try handle("output")
    process.standardError = try handle("errors")
    try process.run()
    // A browser that hangs fails the test and does not hold the others up.
    let deadline = Date.now.addingTimeInterval(180)
    while process.isRunning, Date.now < deadline { usleep(20_000) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    func text(_ name: String) throws -> String { String(decoding: try contents(scratch.file(name)), as: UTF8.self) }
    return (try text("output"), try text("errors"))
  }
}
