import Foundation
import TestSupport
import Testing

@testable import Pictures

/// What a run tells: lines in a pipe, objects for programs.
struct ReportTests {
  @Test func linesInAPipe() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(20, 10).write(path: folder.file("in.png"))
    let outcome = try Program.run(
      ["restore", "in.png", "-o", "out.png", "--steps", "2", "--threads", "1", "--dtype", "fp32"], in: folder.path)
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    // No drawing over lines.
    #expect(!outcome.errors.contains("\r") && !outcome.errors.contains("\u{1B}"))
    let patterns = [
      #"restoring 1 picture with starter \(2 steps\) on cpu, float32, 1 thread"#,
      #"in\.png: 20 × 10 to 80 × 40, no tiles, about [0-9]+ MB"#, #"in\.png: step 1 of 2 done, .* left"#,
      #"in\.png: step 2 of 2 done"#, #"in\.png: wrote out\.png, 80 × 40, in [0-9.]+ (s|min).*"#,
      #"1 done in [0-9.]+ (s|min).*"#,
    ]
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == patterns.count, "\(outcome.errors)")
    for (line, pattern) in zip(lines, patterns) { #expect(try line.wholeMatch(of: Regex(pattern)) != nil, "\(line)") }
  }

  @Test func objectsForPrograms() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(40, 24).write(path: folder.file("in \"1\".png"))
    try folder.write([], to: "bad.png")
    try folder.write([7], to: "out/old.png")
    try Samples.picture(8, 8).write(path: folder.file("old.png"))
    let outcome = try Program.run(
      ["restore", "old.png", "in \"1\".png", "bad.png", "-o", "out", "--steps", "2", "--tile", "64", "--json"],
      in: folder.path)
    #expect(outcome.status == 1 && outcome.errors.isEmpty)
    #expect(!outcome.events.isEmpty && !outcome.events.contains { $0 == nil })
    let names = outcome.events.compactMap { $0?["event"] as? String }
    #expect(names.first == "begin" && names.last == "end")
    #expect(names.filter { $0 != "progress" } == ["begin", "skipped", "start", "done", "failed", "end"])

    let begin = try #require(outcome.events("begin").first)
    #expect(begin["count"] as? Int == 2 && begin["model"] as? String == "starter" && begin["steps"] as? Int == 2)
    let start = try #require(outcome.events("start").first)
    #expect(start["input"] as? String == "in \"1\".png" && start["output"] as? String == "out/in \"1\".png")
    #expect(start["input_width"] as? Int == 40 && start["input_height"] as? Int == 24)
    #expect(start["width"] as? Int == 160 && start["height"] as? Int == 96 && start["tile"] as? Int == 64)
    #expect(start["memory"] as? Int ?? 0 > 1_000_000)
    let denoise = outcome.events("progress").filter { $0["stage"] as? String == "denoise" }
    let fractions = denoise.compactMap { $0["fraction"] as? Double }
    #expect(fractions.first == 0 && fractions.last == 1 && fractions == fractions.sorted())
    #expect(denoise.contains { ($0["seconds_left"] as? Double ?? -1) > 0 })
    let done = try #require(outcome.events("done").first)
    #expect(done["seconds"] as? Double ?? 0 > 0 && done["warnings"] as? [String] == [])
    #expect(outcome.events("failed").first?["input"] as? String == "bad.png")
    #expect(outcome.events("skipped").first?["output"] as? String == "out/old.png")
    let end = try #require(outcome.events("end").first)
    #expect(end["done"] as? Int == 1 && end["failed"] as? Int == 1 && end["skipped"] as? Int == 1)
    #expect(end["interrupted"] as? Bool == false)
  }

  @Test func nothingToDo() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    try folder.write([7], to: "out.png")
    let outcome = try Program.run(["restore", "in.png", "-o", "out.png", "--json"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.events.compactMap { $0?["event"] as? String } == ["begin", "skipped", "end"])
    // Said in lines, no picture is announced that is not restored.
    let lines = try Program.run(["restore", "in.png", "-o", "out.png"], in: folder.path).errors
    #expect(!lines.contains("restoring"))
  }

  /// The first start sets how threads wait and starts anew: nothing may be told twice or lost.
  @Test func theSecondStart() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in put.png"))
    func run(_ policy: String?, _ name: String) throws -> Program.Outcome {
      try Program.run(
        ["restore", "in put.png", "-o", name, "--steps", "1", "--json"], in: folder.path,
        environment: ["OMP_WAIT_POLICY": policy])
    }
    let (plain, set) = (try run(nil, "a.png"), try run("ACTIVE", "b.png"))
    #expect(plain.status == 0 && set.status == 0)
    #expect(plain.events.count == set.events.count)
    #expect(plain.events("begin").count == 1)
    #expect(try Picture.read(path: folder.file("a.png")).colour == Picture.read(path: folder.file("b.png")).colour)
  }

  @Test func doctor() throws {
    let outcome = try Program.run(["doctor"])
    #expect(outcome.status == 0, "\(outcome.output)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    for subject in ["burnish", "libtorch", "CPU", "threads", "memory", "device", "libvips", "reads", "writes", "model"]
    {
      let line = try #require(lines.first { $0.dropFirst(8).hasPrefix(subject) }, "\(subject)")
      #expect(line.hasPrefix("ok") || line.hasPrefix("note"), "\(line)")
    }
    #expect(lines.contains { $0.contains("compiled against 2.") && $0.contains("running on 2.") })
    let home = try #require(Program.environment["BURNISH_HOME"])
    #expect(lines.contains { $0.hasPrefix("ok") && $0.contains("starter: \(home)/starter") })

    let json = try Program.run(["doctor", "--json"])
    let findings = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]])
    #expect(findings.count == lines.count)
    #expect(findings.allSatisfy { ["ok", "note"].contains($0["state"]) && $0["text"]?.isEmpty == false })
  }
}
