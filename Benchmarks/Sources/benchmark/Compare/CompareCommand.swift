import ArgumentParser
import Checkpoints
import Foundation
import Torch

/// Runs both sides in turn and prints the table.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Runs Burnish and the reference library in turn and prints a Markdown table.")

  @Option(help: "Folder of configurations of the networks.")
  var configs: String

  @Option(help: "Folder for fabricated weights, some gigabytes.")
  var cache: String

  @Option(help: "The parity tool.")
  var parity: String

  @Option(help: "The burnish program, for its start-up time.")
  var burnish: String?

  @Option(help: "Folder of the starter model.")
  var starter: String?

  @Option(help: "Python that has the reference library; without it only Burnish is measured.")
  var python: String?

  @Option(help: "The reference script.")
  var script: String?

  @Option(help: "The type to compute in: bf16 or fp32.")
  var dtype: ComputeType = .bf16

  @Option(help: "Threads of one operator.")
  var threads = 2

  @Option(help: "Rounds: each side makes one pass a round.")
  var repeats = 5

  @Option(help: "Write the table to this file too.")
  var output: String?

  @Argument(help: "Tasks to measure; all of Stable Diffusion 2's size and the starter when none is named.")
  var tasks: [TaskName] = []

  func run() throws {
    let wanted = tasks.isEmpty ? TaskName.standard : tasks
    let models = try PreparedModels(cache: cache, configs: configs, parity: parity, dtype: dtype, tasks: wanted)
    var rows: [Row] = []
    for task in wanted {
      guard let model = models.folder(of: task) ?? starter else { continue }
      FileHandle.standardError.write(Data("measuring \(task.rawValue)\n".utf8))
      let bench = Bench(self, task: task, model: model, inputs: models.inputs)
      rows += task == .start ? try bench.starts() : [try bench.passes()]
    }
    if let burnish, tasks.isEmpty { rows.append(try programStart(burnish)) }
    let text = heading() + "\n" + Table.markdown(rows)
    print(text, terminator: "")
    if let output { try text.write(toFile: output, atomically: true, encoding: .utf8) }
  }

  private func heading() -> String {
    """
    \(dtype.rawValue), \(threads) threads, medians of \(repeats) rounds in turn; \(Hardware.name), libtorch \
    \(Machine.runningVersion) with \(Machine.cpuCapability), \(Hardware.isoDate). Ratios are Burnish over the reference: \
    below 1 is faster, or less memory.

    """
  }

  private func programStart(_ program: String) throws -> Row {
    var figures = Figures()
    for _ in 0...repeats {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = ["doctor"]
      process.standardOutput = FileHandle.nullDevice
      let watch = Stopwatch()
      try process.run()
      process.waitUntilExit()
      figures.seconds.append(watch.elapsed().wall)
    }
    figures.seconds.removeFirst()  // It brought the files into memory.
    return Row(title: "`burnish doctor`, whole", ours: figures, reference: nil, channelsLast: nil, difference: nil)
  }
}
