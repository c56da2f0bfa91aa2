import ArgumentParser
import Checkpoints
import Foundation
import Torch

/// Whole restorations with the large systems, random weights of the real sizes, beside the same work in Python.
struct SystemsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "systems",
    abstract: "Runs whole restorations with SeeSR, AddSR and StableSR at their real sizes, and prints Markdown tables.")

  @Option(help: "The parity tool.")
  var parity: String

  @Option(help: "The burnish program.")
  var burnish: String

  @Option(help: "Folder for fabricated models, 9 GB.")
  var cache: String

  @Option(help: "A folder with a tokenizer's vocab.json and merges.txt.")
  var tokenizer: String

  @Option(help: "Python that has the reference library; without it only Burnish is measured.")
  var python: String?

  @Option(help: "The reference script.")
  var script: String?

  @Option(help: "Threads of one operator.")
  var threads = 2

  @Option(help: "Rounds: each side runs once a round.")
  var repeats = 3

  @Option(help: "Side of the picture, pixels; it is enlarged four times.")
  var side = 128

  @Option(help: "What --memory is given.")
  var memory = "8G"

  @Option(help: "Side of the tiles, or auto.")
  var tile = "auto"

  @Option(help: "Steps, for systems that take many.")
  var steps: Int?

  @Argument(help: "Systems to measure.")
  var systems: [String] = ["addsr"]

  func run() throws {
    let models = try SystemModels(folder: cache, parity: parity, tokenizer: tokenizer)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("systems-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let picture = folder + "/picture.tif"
    try writePicture(to: picture)
    print(
      "bf16, \(threads) threads, \(side)×\(side) to \(4 * side)×\(4 * side), --memory \(memory), medians of \(repeats) runs in "
        + "turn; \(Hardware.name), libtorch \(Machine.runningVersion), \(Hardware.isoDate)\n")
    print("| system | steps | tiles | Burnish | stages | reference | ratio | peak memory, MB |")
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    for system in systems { print(try row(system, picture: picture, folder: folder, models: models)) }
  }

  private func row(_ system: String, picture: String, folder: String, models: SystemModels) throws -> String {
    var ours: [SystemRun] = []
    var theirs: [SystemRun] = []
    // The first round brings files into memory and does not count.
    for round in 0...repeats {
      var command = [
        burnish, "restore", picture, "-o", folder + "/ours.png", "--model", system, "--memory", memory, "--threads",
        String(threads), "--tile", tile, "--json", "--overwrite",
      ]
      if let steps { command += ["--steps", String(steps)] }
      let run = try SystemRun(command, environment: ["BURNISH_HOME": models.folder])
      if round > 0 { ours.append(run) }
      guard let python, let script else { continue }
      var reference = [
        python, script, system, "--models", models.folder, "--picture", picture, "--output", folder + "/theirs.png",
        "--threads", String(threads),
      ]
      if let steps { reference += ["--steps", String(steps)] }
      let other = try SystemRun(reference)
      if round > 0 { theirs.append(other) }
    }
    let median = ours.map(\.seconds).median ?? 0
    let theirMedian = theirs.map(\.seconds).median
    let stages = (ours.first?.stages ?? []).indices.map { index in
      String(
        format: "%@ %.1f s", ours[0].stages[index].name,
        ours.compactMap { $0.stages.indices.contains(index) ? $0.stages[index].seconds : nil }.median ?? 0)
    }
    let memory = [ours, theirs].map { runs in
      runs.map { Double($0.peakBytes) }.median.map { String(Int(($0 / 1e6).rounded())) } ?? "–"
    }
    return
      "| \(system) | \(steps.map { "\($0)" } ?? "default") | \(ours.first?.tiles ?? 1) | \(String(format: "%.1f s", median)) | "
      + "\(stages.joined(separator: ", ")) | \(theirMedian.map { String(format: "%.1f s", $0) } ?? "–") | "
      + "\(theirMedian.map { String(format: "%.2f", median / $0) } ?? "–") | \(memory.joined(separator: " / ")) |"
  }

  /// An uncompressed TIFF: what needs no encoder.
  private func writePicture(to path: String) throws {
    var pixels = Data()
    for y in 0..<side {
      for x in 0..<side {
        pixels.append(UInt8((x * 255 / side) ^ (y & 15)))
        pixels.append(UInt8(y * 255 / side))
        pixels.append(UInt8((x + y) & 255))
      }
    }
    var file = Data("II".utf8)
    func add(_ value: Int, bytes: Int) { for shift in 0..<bytes { file.append(UInt8(value >> (8 * shift) & 255)) } }
    add(42, bytes: 2)
    add(8 + pixels.count + 6, bytes: 4)
    file.append(pixels)
    for _ in 0..<3 { add(8, bytes: 2) }  // bits of each sample
    let fields: [(tag: Int, type: Int, count: Int, value: Int)] = [
      (256, 4, 1, side), (257, 4, 1, side), (258, 3, 3, 8 + pixels.count), (259, 3, 1, 1), (262, 3, 1, 2),
      (273, 4, 1, 8), (277, 3, 1, 3), (278, 4, 1, side), (279, 4, 1, pixels.count),
    ]
    add(fields.count, bytes: 2)
    for field in fields {
      add(field.tag, bytes: 2)
      add(field.type, bytes: 2)
      add(field.count, bytes: 4)
      add(field.value, bytes: 4)
    }
    add(0, bytes: 4)
    try file.write(to: URL(fileURLWithPath: path))
  }
}
