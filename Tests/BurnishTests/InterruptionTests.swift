import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Ctrl-C while a tiled run is under way.
struct InterruptionTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopsWithinAStep(signal: Int32, status: Int32) throws {
    let folder = try TemporaryFolder()
    try Samples.picture(400, 300).write(path: folder.file("in.png"))
    try folder.write([7], to: "there.png")
    try folder.write([], to: "log/output")
    try folder.write([], to: "log/errors")
    func log(_ name: String) throws -> FileHandle {
      try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("log/" + name)))
    }
    func lines() throws -> [String] {
      String(decoding: try contents(folder.file("log/output")), as: UTF8.self).split(separator: "\n").map(String.init)
    }
    let process = try Program.start(
      ["restore", "in.png", "-o", "there.png", "--overwrite", "--tile", "64", "--json", "--threads", "1"],
      in: folder.path, output: log("output"), errors: log("errors"))
    // Within the second step, at some tile.
    let deadline = Date.now.addingTimeInterval(60)
    while Date.now < deadline, process.isRunning, try !lines().contains(where: { $0.contains("\"step\":1") }) {
      usleep(2_000)
    }
    #expect(process.isRunning)
    // Nothing of the result is there before it is whole, under any name.
    #expect(tree(folder.path) == ["in.png", "log", "log/errors", "log/output", "there.png"])
    let before = try lines().count
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == status)

    let all = try lines()
    let outcome = Program.Outcome(status: status, output: all.joined(separator: "\n"), errors: "")
    #expect(!outcome.events.contains { $0 == nil })
    let tiles = try #require(outcome.events("progress").compactMap { $0["tiles"] as? Int }.max())
    #expect(tiles > 100)
    // Far fewer tiles than a step has.
    #expect(all.count - before < tiles / 2)
    #expect(outcome.events("done").isEmpty && outcome.events("failed").isEmpty)
    let end = try #require(outcome.events("end").first)
    #expect(end["interrupted"] as? Bool == true && end["done"] as? Int == 0)
    #expect(tree(folder.path) == ["in.png", "log", "log/errors", "log/output", "there.png"])
    #expect(try contents(folder.file("there.png")) == [7])
  }

  /// The picture that is done stays; the one under way is left out, and the next run goes on from there.
  @Test func whatIsDoneStays() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.picture(8, 8).encoded(as: .png).bytes, to: "in/a.png")
    try Samples.picture(400, 300).write(path: folder.file("in/b.png"))
    try folder.write([], to: "errors")
    let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("errors")))
    let process = try Program.start(
      ["restore", "in", "-o", "out", "--tile", "64", "--threads", "1"], in: folder.path, output: .nullDevice,
      errors: errors)
    func text() throws -> String { String(decoding: try contents(folder.file("errors")), as: UTF8.self) }
    let deadline = Date.now.addingTimeInterval(60)
    while Date.now < deadline, process.isRunning, try !text().contains("in/b.png: 400 × 300") { usleep(2_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(try text().contains("1 done, stopped by the user in "))
    #expect(tree(folder.file("out")) == ["a.png"])
  }
}
