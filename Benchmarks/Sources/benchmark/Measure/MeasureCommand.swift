import ArgumentParser
import Checkpoints
import Foundation
import Torch

/// One task in this process. Prints `ready` when the model stands and one pass was made, `done` after each pass, and at the
/// end one line of JSON.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Runs one task in this process and prints one line of JSON at the end.")

  @Argument(help: "What to run: \(TaskName.allCases.map(\.rawValue).joined(separator: ", ")).")
  var task: TaskName

  @Option(help: "The model's folder: config.json and its weights.")
  var model: String

  @Option(help: "A safetensors file with the inputs that `compare` makes; the starter draws its own.")
  var inputs: String?

  @Option(help: "The type to compute in: bf16 or fp32.")
  var dtype: ComputeType = .bf16

  @Option(help: "Threads of one operator.")
  var threads = 2

  @Option(help: "Passes to measure.")
  var repeats = 5

  @Flag(help: "Wait for a line on standard input before each measured pass.")
  var paced = false

  @Option(help: "Write the last answer to this safetensors file.")
  var save: String?

  func run() throws {
    Machine.separateLargeBlocks()
    try Machine.setThreadCount(threads)
    try withoutGradient {
      let loading = Stopwatch()
      let task = try MeasuredTask(
        self.task, model: model, inputs: inputs.map { try SafetensorsFile(path: $0) }, dtype: dtype.dtype)
      let load = loading.elapsed()
      var report = Report(task: self.task, dtype: dtype, threads: threads, loadSeconds: load.wall)
      if self.task != .start { _ = try task.pass() }
      say("ready")
      var answer: Tensor?
      for _ in 0..<(self.task == .start ? 1 : repeats) {
        if paced, readLine() == nil { break }
        let watch = Stopwatch()
        answer = try task.pass()
        let elapsed = watch.elapsed()
        report.seconds.append(elapsed.wall)
        report.cpuSeconds.append(elapsed.cpu)
        say("done")
      }
      report.peakBytes = ProcessMemory.peak
      if let save, let answer { try SafetensorsWriter.write(["answer": answer], metadata: [:], to: save) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      say(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
  }

  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// What a measured process says of itself. Both sides use these names.
struct Report: Codable {
  /// The task.
  let task: TaskName
  /// The type computed in.
  let dtype: ComputeType
  /// Threads of one operator.
  let threads: Int
  /// From the start of loading to the model standing.
  let loadSeconds: Double
  /// Wall time of each pass.
  var seconds: [Double] = []
  /// Processor time of each pass, over all threads: what contention disturbs least.
  var cpuSeconds: [Double] = []
  /// The largest resident size, bytes.
  var peakBytes = 0

  enum CodingKeys: String, CodingKey {
    case task, dtype, threads, seconds
    case loadSeconds = "load_seconds"
    case cpuSeconds = "cpu_seconds"
    case peakBytes = "peak_bytes"
  }
}

/// Tasks by the names of the command line.
enum TaskName: String, CaseIterable, Codable, ExpressibleByArgument {
  case unet, controlnet, start, starter
  case vaeEncode = "vae-encode"
  case vaeDecode = "vae-decode"
  case sdxl, sd3
  case sdxlAdapter = "sdxl-adapter"
  case sd3Adapter = "sd3-adapter"
  case flux
  case fluxAdapter = "flux-adapter"

  /// What is measured when nothing is named: what fits a small machine and disk.
  static let standard: [TaskName] = [.unet, .controlnet, .start, .starter, .vaeEncode, .vaeDecode]

  /// True for what only Burnish has, or only Burnish can do on a machine of 24 GB: FLUX.1 streams its blocks.
  var isOwn: Bool { [.starter, .sdxlAdapter, .sd3Adapter, .flux, .fluxAdapter].contains(self) }
}

/// Types that networks are measured in.
enum ComputeType: String, CaseIterable, Codable, ExpressibleByArgument {
  case bf16, fp32

  var dtype: DType { self == .bf16 ? .bfloat16 : .float32 }
}
