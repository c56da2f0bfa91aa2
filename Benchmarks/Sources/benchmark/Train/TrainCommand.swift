import ArgumentParser
import Foundation
import Priors

/// Training steps beside the same steps in PyTorch: network, batch, loss, clipping, AdamW and moving average.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Makes training steps in turn with PyTorch, and prints a Markdown table.")

  @Option(help: "Folder of the networks' configurations.")
  var configs: String

  @Option(help: "Python that has the reference library; without it only Burnish is measured.")
  var python: String?

  @Option(help: "The reference script.")
  var script: String?

  @Option(help: "The type to compute in: bf16 or fp32.")
  var dtype: ComputeType = .bf16

  @Option(help: "Threads of one operator.")
  var threads = 2

  @Option(help: "Steps of each side.")
  var repeats = 7

  @Option(help: "Rows of the batch.")
  var rows = 8

  @Option(help: "Rows and columns of the latent.")
  var side = 32

  @Argument(help: "Networks to measure, by their files' names.")
  var networks = ["unet-small", "unet-attention"]

  /// Steps that come before the measured ones: memory and kernels are not at rest in them.
  static let warmUp = 2
  /// The learning rate of both sides.
  static let rate = 1e-4

  func run() throws {
    print(
      "\(rows) rows of \(side)×\(side), \(dtype.rawValue) over float32 masters, \(threads) threads, medians of \(repeats) steps in "
        + "turn; \(Hardware.name), \(Hardware.isoDate). Ratios are Burnish over the faster (or smaller) reference.\n")
    print(
      "| network | Burnish | reference | channels_last | ratio | processor time, ratio | peak memory, MB | ratio | last loss |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for network in networks { print(try row(network)) }
  }

  private func row(_ network: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("train-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let config = try Data(contentsOf: URL(fileURLWithPath: "\(configs)/\(network).json"))
    try config.write(to: URL(fileURLWithPath: folder + "/config.json"))
    try UNetTraining.prepare(
      try JSONDecoder().decode(UNetConfig.self, from: config), rows: rows, side: side, in: folder)

    let common = ["--dtype", dtype.rawValue, "--threads", "\(threads)", "--repeats", "\(repeats)"]
    var commands = [("benchmark train-steps", [CommandLine.arguments[0], "train-steps", folder] + common)]
    if let python, let script {
      commands += ["default", "channels_last"].map { layout in
        ("the reference", [python, script, folder, "--layout", layout, "--rate", "\(Self.rate)"] + common)
      }
    }
    var contenders: [Contender] = []
    for (name, command) in commands {
      let contender = try Contender(name, command)
      try contender.wait(for: "ready")
      contenders.append(contender)
    }
    for _ in 0..<repeats { for contender in contenders { try contender.makePass() } }
    return line(network, try contenders.map { try $0.finish(as: TrainReport.self) })
  }

  private func line(_ network: String, _ reports: [TrainReport]) -> String {
    func ratio(_ figure: (TrainReport) -> Double?) -> String {
      let figures = reports.map(figure)
      return figures.prefix(1).compactMap { $0 }.ratio(to: figures.dropFirst().compactMap { $0 }.min().map { [$0] })
    }
    let seconds = (0..<3).map { index in
      reports.indices.contains(index)
        ? reports[index].seconds.median.map { String(format: "%.3f s", $0) } ?? "–" : "–"
    }
    let memory = reports.map { "\($0.peakBytes / 1_000_000)" }.joined(separator: " / ")
    let losses = reports.map { String(format: "%.5f", $0.losses.last ?? .nan) }.joined(separator: " / ")
    return "| \(network) | \(seconds.joined(separator: " | ")) | \(ratio { $0.seconds.median }) | "
      + "\(ratio { $0.cpuSeconds.median }) | \(memory) | \(ratio { Double($0.peakBytes) }) | \(losses) |"
  }
}
