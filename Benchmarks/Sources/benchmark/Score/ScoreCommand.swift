import ArgumentParser
import Foundation
import Pictures
import Quality
import Torch

/// PSNR, SSIM and NIQE on one core, beside the same numbers by OpenCV, NumPy and SciPy and by PyTorch.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Scores pictures on one core, in turn with Python's usual programs, and prints a Markdown table.")

  @Option(help: "Python that has OpenCV, SciPy and PyTorch.")
  var python: String

  @Option(help: "The reference script.")
  var script: String

  @Option(help: "A folder of pictures to score.")
  var images: String

  @Option(help: "A folder of their references, under the same names.")
  var references: String

  @Option(help: "The program `burnish`: whole runs are measured too.")
  var burnish: String?

  @Option(help: "Rounds: each side makes one pass a round.")
  var repeats = 7

  /// The reference's ways to work, and what NIQE holds between its steps in each.
  private static let styles: [(name: String, title: String, precision: NIQE.Precision)] = [
    ("numpy", "OpenCV, NumPy, SciPy", .float32), ("torch", "PyTorch, float64", .float64),
  ]

  func run() throws {
    try Machine.setThreadCount(1)
    try PictureLibrary.setConcurrency(1)
    write(
      "PSNR, SSIM and NIQE of pairs of pictures, one thread, medians of \(repeats) rounds in turn; \(Hardware.name), "
        + "\(Hardware.isoDate). Ratios are Burnish over the reference.\n")
    write(
      "| reference | task | pairs | Burnish, a pair | reference, a pair | ratio | processor time, ratio | PSNR, SSIM, NIQE apart |"
    )
    write("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for style in Self.styles { try measure(style.name, style.title, style.precision) }
  }

  private func measure(_ style: String, _ title: String, _ precision: NIQE.Precision) throws {
    let saved = FileManager.default.temporaryDirectory.appendingPathComponent("score-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: saved) }
    let command = [python, script, "--images", images, "--references", references, "--style", style]
    let contender = try Contender("the reference", command + ["--save", saved])
    let first: ScoreSetup = try contender.answer()
    let bench = try ScoreBench(
      names: first.names, sizes: first.sizes, pixels: [UInt8](Data(contentsOf: URL(fileURLWithPath: saved))),
      images: images, references: references, precision: precision)
    let scores = try bench.makePass(decoding: false)
    let kinds = ["decoded", "decoding"]
    var ours: [String: [[Double]]] = [:]
    for _ in 0..<repeats {
      for kind in kinds {
        let watch = Stopwatch()
        try bench.makePass(decoding: kind == "decoding")
        let elapsed = watch.elapsed()
        ours[kind, default: []].append([elapsed.wall, elapsed.cpu])
        try contender.makePass(kind)
      }
    }
    let theirs: [String: [[Double]]] = try contender.finish()
    let apart = Self.apart(scores, first.scores)
    for (kind, task) in zip(kinds, ["decoded pictures", "decoding counted"]) {
      printRow([title, task], first.names.count, ours[kind] ?? [], theirs[kind] ?? [], apart)
    }
    guard let burnish else { return }
    var (programs, scripts): ([[Double]], [[Double]]) = ([], [])
    let one = ["OMP_NUM_THREADS": "1", "VIPS_CONCURRENCY": "1"]
    let metrics = precision == .float32 ? "psnr,ssim,niqe" : "psnr,ssim,niqe-y-pyiqa"
    for _ in 0..<repeats {
      programs.append(
        try timed([burnish, "score", images, "--reference", references, "--metrics", metrics], environment: one))
      scripts.append(try timed(command + ["--once"], environment: one))
    }
    printRow([title, "whole program"], first.names.count, programs, scripts, nil)
  }

  /// Wall and processor seconds of a whole program.
  private func timed(_ command: [String], environment: [String: String]) throws -> [Double] {
    let before = Stopwatch.childrenSeconds()
    let run = try SystemRun(command, environment: environment)
    return [run.seconds, Stopwatch.childrenSeconds() - before]
  }

  /// The largest differences of each score.
  private static func apart(_ ours: [ScoreBench.Scores], _ theirs: [[Double]]) -> [Double] {
    zip(ours, theirs).reduce([0, 0, 0]) { largest, pair in
      [pair.0.psnr, pair.0.ssim, pair.0.niqe].indices.map { index in
        let found = [pair.0.psnr, pair.0.ssim, pair.0.niqe][index]
        return max(largest[index], abs(found - pair.1[index]))
      }
    }
  }

  private func printRow(
    _ titles: [String], _ pairs: Int, _ ours: [[Double]], _ theirs: [[Double]], _ apart: [Double]?
  ) {
    let cells =
      titles + [
        "\(pairs)", ours.map { $0[0] / Double(pairs) }.milliseconds,
        theirs.map { $0[0] / Double(pairs) }.milliseconds,
        ours.map { $0[0] }.ratio(to: theirs.map { $0[0] }), ours.map { $0[1] }.ratio(to: theirs.map { $0[1] }),
        apart.map { $0.map { String(format: "%.0e", $0) }.joined(separator: ", ") } ?? "–",
      ]
    write("| " + cells.joined(separator: " | ") + " |")
  }

  /// A row at once, also into a file: a run takes minutes.
  private func write(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// What the reference says before the first pass.
private struct ScoreSetup: Decodable {
  /// File names.
  let names: [String]
  /// Columns and rows of each pair.
  let sizes: [[Int]]
  /// PSNR, SSIM and NIQE of each pair.
  let scores: [[Double]]
}
