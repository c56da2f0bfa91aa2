import Checkpoints
import Foundation
import Torch

/// The measurement of one task on all sides.
struct Bench {
  private let options: CompareCommand
  private let task: TaskName
  private let model: String
  private let inputs: String

  /// - Parameters:
  ///   - model: The model's folder.
  ///   - inputs: A file of ``BenchmarkInputs``.
  init(_ options: CompareCommand, task: TaskName, model: String, inputs: String) {
    self.options = options
    self.task = task
    self.model = model
    self.inputs = inputs
  }

  /// Who takes part.
  private enum Side: CaseIterable {
    case ours, reference, channelsLast
  }

  private var sides: [Side] {
    if options.python == nil || options.script == nil || task.isOwn { return [.ours] }
    // A program's start does not depend on a layout, a transformer has none, and three of SDXL take more than 24 GB.
    return [.start, .sdxl, .sd3].contains(task) ? [.ours, .reference] : Side.allCases
  }

  private func start(_ side: Side, save: String? = nil) throws -> Contender {
    let common = [
      task.rawValue, "--model", model, "--dtype", options.dtype.rawValue, "--threads", String(options.threads),
      "--repeats", String(options.repeats + 1), "--inputs", inputs,
    ]
    let saving = save.map { ["--save", $0] } ?? []
    let paced = task == .start ? [] : ["--paced"]
    switch side {
    case .ours:
      return try Contender("benchmark measure", [CommandLine.arguments[0], "measure"] + common + saving + paced)
    case .reference, .channelsLast:
      let layout = side == .channelsLast ? ["--layout", "channels_last"] : []
      return try Contender(
        "the reference", [options.python ?? "", options.script ?? ""] + common + saving + paced + layout)
    }
  }

  /// Passes of processes that stay, in turn.
  func passes() throws -> Row {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var contenders: [(side: Side, contender: Contender)] = []
    for side in sides {
      // One after another, so that nobody loads while another one warms up.
      let contender = try start(side, save: folder + "/\(side).safetensors")
      try contender.wait(for: "ready")
      contenders.append((side, contender))
    }
    for _ in 0..<options.repeats {
      for (_, contender) in contenders { try contender.makePass() }
    }
    var figures: [Side: Figures] = [:]
    for (side, contender) in contenders {
      let report: Report = try contender.finish()
      figures[side] = Figures(
        seconds: report.seconds, cpuSeconds: report.cpuSeconds, peakBytes: [Double(report.peakBytes)],
        anonymousBytes: [Double(contender.anonymousPeak)])
    }
    return row(figures, difference: try difference(folder))
  }

  /// Whole processes, in turn: from their start to where the first pass begins, and to where it is done. The first round
  /// brings files into memory and does not count.
  func starts() throws -> [Row] {
    var begun: [Side: Figures] = [:]
    var done: [Side: Figures] = [:]
    for round in 0...options.repeats {
      for side in sides {
        let contender = try start(side)
        let ready = try contender.wait(for: "ready")
        let elapsed = try contender.wait(for: "done")
        let report: Report = try contender.finish()
        guard round > 0 else { continue }
        begun[side, default: Figures()].seconds.append(ready)
        done[side, default: Figures()].seconds.append(elapsed)
        done[side, default: Figures()].peakBytes.append(Double(report.peakBytes))
        done[side, default: Figures()].anonymousBytes.append(Double(contender.anonymousPeak))
      }
    }
    return [
      row(begun, difference: nil, title: "program start until the first U-Net pass begins"),
      row(done, difference: nil, title: "program start until the first U-Net pass is done"),
    ]
  }

  private func row(_ figures: [Side: Figures], difference: Double?, title: String? = nil) -> Row {
    Row(
      title: title ?? self.title, ours: figures[.ours] ?? Figures(), reference: figures[.reference],
      channelsLast: figures[.channelsLast], difference: difference)
  }

  private var title: String {
    switch task {
    case .unet: "U-Net pass, 64×64"
    case .controlnet: "ControlNet pass, 64×64"
    case .start: "program start"
    case .starter: "starter, 128×128 to 512×512, 4 steps"
    case .vaeEncode: "VAE encode, 512×512"
    case .vaeDecode: "VAE decode, 512×512"
    case .sdxl: "SDXL U-Net pass, 128×128"
    case .sdxlAdapter: "the same with restoration adapters (X1)"
    case .sd3: "SD 3 transformer pass, 128×128"
    case .sd3Adapter: "the same with restoration adapters (M1)"
    case .flux: "FLUX.1 pass, 64×64, blocks from the file"
    case .fluxAdapter: "the same with FluxIR"
    }
  }

  /// How far both sides' answers to the same inputs are apart: a fast wrong answer is none.
  private func difference(_ folder: String) throws -> Double? {
    guard sides.contains(.reference) else { return nil }
    func answer(_ side: Side) throws -> Tensor {
      try SafetensorsFile(path: folder + "/\(side).safetensors").tensor("answer").to(.float32)
    }
    let (ours, theirs) = (try answer(.ours), try answer(.reference))
    guard ours.shape == theirs.shape else {
      throw BenchmarkError("\(task.rawValue): Burnish answered \(ours.shape), the reference \(theirs.shape)")
    }
    let apart = try ours - theirs
    return try ((apart * apart).mean().item() / (theirs * theirs).mean().item()).squareRoot()
  }
}
