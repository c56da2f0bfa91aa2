import Foundation
import TestSupport
import Testing

/// `burnish train` on a machine that loses its power again and again.
struct KilledTrainingTests {
  /// A starter of a few thousand numbers that learns from drawings: everything that a large run has, in milliseconds.
  private static let recipe = """
    kind: starter
    output: run
    steps: 240
    data: {drawn: 1, folders: [], validation: [], crop: 32, batch: 2, clean: 0.5, threads: 2}
    optimiser: {rate: 1.0e-3, warmup: 20, accumulation: 2}
    schedule: {log: 1, validate: 1000, save: 3, keep: 2}
    model:
      network:
        in_channels: 48
        out_channels: 48
        block_out_channels: [4, 8]
        down_block_types: [DownBlock2D, DownBlock2D]
        up_block_types: [UpBlock2D, UpBlock2D]
        mid_block_type: UNetMidBlock2D
        layers_per_block: 1
        transformer_layers_per_block: [1, 1]
        attention_head_dim: [1, 1]
        norm_num_groups: 4
    """

  private static let arguments = ["train", "r.yaml", "--device", "cpu", "--dtype", "fp32"]
  private static let environment: [String: String?] = ["OMP_NUM_THREADS": "1"]

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.recipe.utf8, to: "r.yaml")
    return folder
  }

  /// The last whole line's step.
  private func step(_ folder: TemporaryFolder) -> Int {
    let text = (try? String(contentsOfFile: folder.file("run/log.jsonl"), encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n").reversed() {
      let values = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
      if let step = values?["step"] as? Double { return Int(step) }
    }
    return 0
  }

  private func weights(_ folder: TemporaryFolder) throws -> [String: [UInt8]] {
    var files = ["state": try contents(folder.file("run/state.safetensors"))]
    for part in ["unet", "controlnet"] {
      files[part] = try contents(folder.file("run/model/\(part)/diffusion_pytorch_model.safetensors"))
    }
    return files
  }

  @Test func tenKillsLeaveTheWeightsAsTheyWouldHaveBeen() throws {
    let undisturbed = try folder()
    let whole = try Program.run(Self.arguments, in: undisturbed.path, environment: Self.environment)
    #expect(whole.status == 0, "\(whole.errors)")

    let folder = try folder()
    try folder.write([], to: "output")
    for kill in 1...10 {
      let process = try Program.start(
        Self.arguments + ["--resume"], in: folder.path, environment: Self.environment, output: .nullDevice,
        errors: FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("output"))))
      let deadline = Date.now.addingTimeInterval(240)
      while Date.now < deadline, process.isRunning, step(folder) < kill * 20 { usleep(2_000) }
      // Anywhere in a step, in the writing of a state or of a model.
      usleep(UInt32.random(in: 0..<60_000))
      #expect(process.isRunning, "\((try? String(contentsOfFile: folder.file("output"), encoding: .utf8)) ?? "")")
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
    }
    let last = try Program.run(Self.arguments + ["--resume"], in: folder.path, environment: Self.environment)
    #expect(last.status == 0, "\(last.errors)")
    let (wanted, found) = (try weights(undisturbed), try weights(folder))
    for (name, bytes) in wanted { #expect(found[name] == bytes, "\(name)") }
    // The log is one run's, too: no step is missing and none stands twice.
    let steps = try String(contentsOfFile: folder.file("run/log.jsonl"), encoding: .utf8).split(separator: "\n")
      .compactMap { line in
        let values = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return values?["rate"] == nil ? nil : values?["step"] as? Double
      }
    #expect(steps == (1...240).map(Double.init))
  }
}
