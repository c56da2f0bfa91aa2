import ArgumentParser
import Checkpoints
import Foundation
import Priors
import Torch
import Training

/// Training steps in this process, as ``MeasureCommand`` makes passes: `ready` after the first ones, `done` after each.
struct TrainStepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-steps", abstract: "Makes training steps in this process, each when told to.",
    shouldDisplay: false)

  @Argument(help: "A folder that `train` prepared.")
  var folder: String

  @Option(help: "The type to compute in: bf16 or fp32.")
  var dtype: ComputeType = .bf16

  @Option(help: "Threads of one operator.")
  var threads = 2

  @Option(help: "Steps to measure.")
  var repeats = 5

  func run() throws {
    Machine.separateLargeBlocks()
    try Machine.setThreadCount(threads)
    let sizes = try JSONDecoder().decode(
      UNetConfig.self, from: try Data(contentsOf: URL(fileURLWithPath: folder + "/config.json")))
    let task = UNetTraining(
      sizes: sizes, weights: try SafetensorsFile(path: folder + "/diffusion_pytorch_model.safetensors"),
      dtype: dtype.dtype)
    let batch = try UNetTraining.Batch(try SafetensorsFile(path: folder + "/batch.safetensors"))
    var plan = RunPlan(output: folder + "/run", steps: repeats + TrainCommand.warmUp)
    plan.optimiser.course = .constant
    plan.optimiser.warmup = 0
    plan.optimiser.rate = TrainCommand.rate
    plan.schedule.log = 1
    plan.schedule.validate = .max
    plan.schedule.save = .max

    let meter = Meter()
    let engine = try TrainingEngine(task, plan, resume: false)
    try engine.run(
      TrainingSurroundings(
        batch: { number in
          if number == TrainCommand.warmUp { meter.say("ready") }
          if number >= TrainCommand.warmUp {
            _ = readLine()
            meter.begin()
          }
          return batch
        },
        measure: { _, _ in [:] },
        report: { step, values in
          guard let loss = values["loss"] else { return }
          meter.report.losses.append(loss)
          if step > TrainCommand.warmUp { meter.end() }
        },
        shouldStop: { false }))
    meter.report.peakBytes = ProcessMemory.peak
    meter.say(String(decoding: try JSONEncoder().encode(meter.report), as: UTF8.self))
  }

  /// Times of the steps so far.
  private final class Meter {
    var report = TrainReport()
    private var watch = Stopwatch()

    func begin() { watch = Stopwatch() }

    func end() {
      let elapsed = watch.elapsed()
      report.seconds.append(elapsed.wall)
      report.cpuSeconds.append(elapsed.cpu)
      report.peakBytes = ProcessMemory.peak
      say("done")
    }

    func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
  }
}

/// What a side says of its training.
struct TrainReport: Codable {
  /// Wall time of each measured step.
  var seconds: [Double] = []
  /// Processor time of each measured step.
  var cpuSeconds: [Double] = []
  /// The loss of every step, the first ones too.
  var losses: [Double] = []
  /// The largest resident size, bytes.
  var peakBytes = 0

  enum CodingKeys: String, CodingKey {
    case seconds, losses
    case cpuSeconds = "cpu_seconds"
    case peakBytes = "peak_bytes"
  }
}
