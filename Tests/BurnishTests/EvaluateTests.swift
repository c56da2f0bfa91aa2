import Foundation
import TestSupport
import Testing

@testable import Pictures

/// `burnish evaluate`, as a user starts it.
struct EvaluateTests {
  /// Two good pictures, large enough for NIQE.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Samples.picture(200, 100).encoded(as: .png).bytes, to: "data/a.png")
    try folder.write(Samples.corners(192, 96).encoded(as: .png).bytes, to: "data/sub/b.png")
    return folder
  }

  private let small = ["--data", "data", "--recipes", "mixture-x4", "-o", "report", "--threads", "1"]

  @Test func evaluatesAndGoesOn() throws {
    let folder = try folder()
    let outcome = try Program.run(
      ["evaluate", "--models", "starter,bicubic", "--steps", "1,4"] + small, in: folder.path)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("3 cells, 6 pictures to do\n"))
    #expect(outcome.errors.contains("data, mixture-x4, starter-4: sub/b.png in "))
    #expect(outcome.errors.hasSuffix("the report is report/index.html\n"))
    let table = String(decoding: try contents(folder.file("report/results.md")), as: UTF8.self)
    #expect(table.contains("| model | steps | psnr-y ↑ | psnr-rgb ↑ | ssim-y ↑ | niqe-y ↓ | s / picture | memory |"))
    #expect(table.contains("| starter | 1 |") && table.contains("| starter | 4 |") && table.contains("| bicubic | – |"))
    let files = tree(folder.file("report"))
    #expect(
      files.filter { !$0.contains("/") } == [
        "cells", "images.csv", "index.html", "pictures", "results.csv", "results.json", "results.md",
      ])
    #expect(files.contains("pictures/data/mixture-x4/starter-4/sub/b.png"))
    #expect(!files.contains { $0.hasSuffix(".part") })

    // Again, and with other options: --json tells.
    let again = try Program.run(
      ["evaluate", "--models", "bicubic,starter@4,starter@1", "--json"] + small, in: folder.path)
    #expect(again.status == 0 && !again.events.contains { $0 == nil })
    #expect(again.events("begin").first?["finished"] as? Int == 6 && again.events("done").isEmpty)
    let colour = try Program.run(
      ["evaluate", "--models", "bicubic,starter@4", "--color-fix", "none", "--json"] + small, in: folder.path)
    #expect(colour.events("done").compactMap { $0["run"] as? String } == ["starter-4", "starter-4"])
    #expect(
      colour.events("progress").contains {
        $0["stage"] as? String == "denoise" && $0["case"] as? String == "mixture-x4"
      })
    #expect(colour.events("end").first?["page"] as? String == "report/index.html")
  }

  @Test func optionsTakeEffect() throws {
    let folder = try folder()
    func rows(_ extra: [String], _ report: String = "report") throws -> [[String]] {
      let outcome = try Program.run(
        ["evaluate", "--data", "data", "--models", "bicubic", "--threads", "1", "-o", report] + extra, in: folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return String(decoding: try contents(folder.file(report + "/images.csv")), as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
    let plain = try rows(["--recipes", "noise-x4", "-m", "psnr"])
    #expect(plain[0][5] == "psnr-y" && plain.count == 3)
    #expect(try rows(["--recipes", "noise-x4", "-m", "psnr", "--seed", "1"])[1][5] != plain[1][5])
    #expect(try rows(["--recipes", "noise-x4", "-m", "psnr", "--limit", "1"]).count == 2)
    let cropped = try rows(["--recipes", "noise-x4", "-m", "psnr", "--crop", "centre:64"])
    #expect(cropped[1][1] == "noise-x4 (centre 64)" && cropped[1][8...9] == ["64", "64"])
    let random = try rows(["--recipes", "noise-x4", "-m", "psnr", "--crop", "random:64"])
    #expect(random[1][5] != cropped[1][5])
    let bordered = try rows(["--recipes", "noise-x4", "-m", "psnr-crop4"])
    #expect(bordered[0][5] == "psnr-y-crop4" && bordered[1][5] != plain[1][5])
    let cases = try rows(["--protocol", "addsr", "-m", "psnr", "--no-pictures", "--show", "1"], "protocol")
    #expect(
      cases.dropFirst().map { $0[1] }
        == ["bicubic-x4", "blur-x4", "noise-x4", "mixture-x4"].flatMap { [$0 + " (centre 512)", $0 + " (centre 512)"] })
    #expect(tree(folder.file("protocol/pictures")).filter { $0.hasSuffix(".png") }.count == 8)
  }

  @Test func pairsAndPicturesWithoutReferences() throws {
    let folder = try folder()
    try folder.write(Samples.picture(50, 25).encoded(as: .jpeg).bytes, to: "low/a.jpg")
    try folder.write(Samples.picture(50, 30).encoded(as: .png).bytes, to: "low/sub/b.png")
    let pairs = try Program.run(
      ["evaluate", "--data", "data", "--low", "low", "--models", "bicubic", "-o", "pairs", "-m", "psnr"],
      in: folder.path)
    #expect(pairs.status == 1)
    #expect(
      pairs.errors.contains(
        "data, given, bicubic: sub/b.png: failed: 'low/sub/b.png' has 50x30 pixels and its reference 'data/sub/b.png' has "
          + "192x96; a reference must be the same number of times larger along both sides"))
    #expect(pairs.errors.contains("data, given, bicubic: a.jpg in ") && pairs.errors.contains("1 done, 1 failed in "))
    let alone = try Program.run(
      ["evaluate", "--low", "low", "--models", "bicubic", "-o", "alone", "--scale", "5"], in: folder.path)
    #expect(alone.status == 0, "\(alone.errors)")
    let table = String(decoding: try contents(folder.file("alone/results.md")), as: UTF8.self)
    #expect(table.contains("## low · given") && table.contains("| model | steps | niqe-y ↓ | s / picture | memory |"))
    #expect(try Picture.header(path: folder.file("alone/pictures/low/given/bicubic/a.png")).width == 250)
  }

  @Test func badPicturesAreNamed() throws {
    let folder = try folder()
    try folder.write("no picture".utf8, to: "data/bad.png")
    let outcome = try Program.run(["evaluate", "--models", "bicubic"] + small, in: folder.path)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains(
        "data, mixture-x4, bicubic: bad.png: failed: Could not read 'data/bad.png': it is not a picture of a known kind"
      ))
    #expect(outcome.errors.contains("2 done, 1 failed in "))
  }

  @Test func ctrlCLeavesAReportThatGoesOn() throws {
    let folder = try TemporaryFolder()
    for index in 0..<6 {
      try folder.write(Samples.picture(400, 304).encoded(as: .png).bytes, to: "data/\(index).png")
    }
    try folder.write([], to: "log")
    let arguments = [
      "evaluate", "--models", "starter", "-m", "psnr", "--data", "data", "--recipes", "bicubic-x4", "-o", "report",
      "--threads", "1", "--json",
    ]
    let process = try Program.start(
      arguments, in: folder.path, output: FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("log"))),
      errors: .nullDevice)
    func isUnderWay() throws -> Bool {
      String(decoding: try contents(folder.file("log")), as: UTF8.self).contains("\"done\"")
    }
    let deadline = Date.now.addingTimeInterval(60)
    while Date.now < deadline, process.isRunning, try !isUnderWay() { usleep(2_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    let page = String(decoding: try contents(folder.file("report/index.html")), as: UTF8.self)
    #expect(page.contains("stopped before its end"))
    let again = try Program.run(arguments, in: folder.path)
    let finished = again.events("begin").first?["finished"] as? Int ?? 0
    #expect(again.status == 0 && finished > 0 && finished < 6)
    #expect(again.events("done").count == 6 - finished)
  }

  static let wrong: [(arguments: [String], words: String)] = [
    (["--recipes", "bicubic-x4", "-o", "r"], "missing the pictures: say which folder to measure with"),
    (["--data", "data", "--recipes", "bicubic-x4"], "missing the output: say where the report goes with -o"),
    (["--data", "data", "-o", "r"], "say where low-quality pictures come from: --recipes bicubic-x4,mixture-x4"),
    (["--data", "gone", "--recipes", "bicubic-x4", "-o", "r"], "there is no folder 'gone'"),
    (
      ["--data", "empty", "--recipes", "bicubic-x4", "-o", "r"],
      "searching 'empty' for pictures: none of 1 files ends in"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-4x", "-o", "r"],
      "looking for the degradation recipe 'bicubic-4x': there are bicubic-x4, "
    ),
    (["--data", "data", "--recipes", "mixtur-x4", "-o", "r"], "did you mean 'mixture-x4'?"),
    (["--data", "data", "--recipes", ",", "-o", "r"], "--recipes names nothing"),
    (["--data", "data", "--protocol", "adsr", "-o", "r"], "there is no protocol 'adsr'"),
    (["--data", "data", "--protocol", "addsr", "--recipes", "bicubic-x4", "-o", "r"], "exclude each other"),
    (["--data", "data", "--protocol", "addsr", "--crop", "centre:64", "-o", "r"], "exclude each other"),
    (["--data", "data", "--recipes", "bicubic-x4", "--crop", "middle", "-o", "r"], "--crop 'middle' is not known"),
    (["--data", "data", "--low", "data", "--recipes", "bicubic-x4", "-o", "r"], "--recipes has no place beside --low"),
    (["--data", "data", "--data", "data", "--low", "data", "-o", "r"], "--low is given 1 times and --data 2 times"),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "--models", "stater", "-o", "r"],
      "--models 'stater' is neither a folder nor a model that this version knows (starter, "
    ),
    (["--data", "data", "--recipes", "bicubic-x4", "--models", "stater", "-o", "r"], "did you mean 'starter'?"),
    (["--data", "data", "--recipes", "bicubic-x4", "--models", "bicubic@2", "-o", "r"], "bicubic has no steps"),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "--models", "addsr", "-o", "r"],
      "the model 'addsr' is not installed"
    ),
    (["--data", "data", "--recipes", "bicubic-x4", "--models", "data", "-o", "r"], "is a folder, but not of a model"),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "--steps", "four", "-o", "r"],
      "--steps 'four' is not a number of steps"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "-m", "pnsr", "-o", "r"],
      "--metrics: there is no metric 'pnsr'; did you mean 'psnr'?"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "-m", "lpips", "-o", "r"],
      "lpips-alex needs weights that are not there"
    ),
    (
      ["--low", "data", "-m", "psnr", "-o", "r"], "the metric 'psnr-y' compares with references: give them with --data"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "-m", "fid", "--no-pictures", "-o", "r"],
      "looks at all restored pictures together: leave --no-pictures out"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "--limit", "0", "-o", "r"],
      "--limit must be within 1…1000000, not 0"
    ),
    (["--data", "data", "--recipes", "bicubic-x4", "--color-fix", "red", "-o", "r"], "--color-fix 'red' is not known"),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "--fidelity", "2", "-o", "r"],
      "--fidelity must be within 0…1, not 2.0"
    ),
    (
      ["--data", "data", "--recipes", "bicubic-x4", "-o", "data/a.png"],
      "'data/a.png' is a file, but a report is a folder"
    ),
  ]

  @Test(arguments: wrong.indices) func wrongUse(index: Int) throws {
    let (arguments, words) = Self.wrong[index]
    let folder = try TemporaryFolder()
    try folder.write(Samples.picture(16, 16).encoded(as: .png).bytes, to: "data/a.png")
    try folder.write("notes".utf8, to: "empty/notes.txt")
    let outcome = try Program.run(["evaluate"] + arguments, in: folder.path)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(tree(folder.path) == ["data", "data/a.png", "empty", "empty/notes.txt"])
  }

  // MARK: Numbers of photographs that are not part of the repository

  /// Bicubic's numbers, from an independent implementation in float64 that agrees with MATLAB's pictures.
  @Test(.enabled(if: SharedFolder.has("photos/hq/astronaut.png"), "the photographs are absent"))
  func bicubicOfPhotographs() throws {
    // NIQE of pictures with black parts is no common number: of blocks without any contrast implementations make what they like.
    let wanted: [(name: String, psnrY: Double, psnrRGB: Double, ssim: Double, niqe: Double?)] = [
      ("astronaut", 26.8909, 25.3896, 0.845369, nil), ("set5_baby", 31.8447, 30.4269, 0.859055, 7.3350),
      ("baboon", 22.2461, 20.2816, 0.451729, 7.7224),
    ]
    let folder = try TemporaryFolder()
    for one in wanted {
      try folder.write(contents(SharedFolder.path("photos/hq/\(one.name).png")), to: "hq/\(one.name).png")
    }
    let outcome = try Program.run(
      [
        "evaluate", "--data", "hq", "--recipes", "bicubic-x4", "--models", "bicubic", "--no-pictures", "--show", "0",
        "-o",
        "report",
      ], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = String(decoding: try contents(folder.file("report/images.csv")), as: UTF8.self).split(separator: "\n")
    for one in wanted {
      let line = try #require(lines.first { $0.contains(",\(one.name).png,") })
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
      #expect(abs(cells[5] - one.psnrY) < 0.002 && abs(cells[6] - one.psnrRGB) < 0.002, "\(line)")
      #expect(abs(cells[7] - one.ssim) < 2e-5, "\(line)")
      if let niqe = one.niqe { #expect(abs(cells[8] - niqe) < 0.01, "\(line)") }
    }
  }
}
