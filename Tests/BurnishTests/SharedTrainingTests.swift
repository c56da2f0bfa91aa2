import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `burnish train` in several processes, as `torchrun --no-python` and its like start them.
struct SharedTrainingTests {
  private struct NoPort: Error {}

  /// A port that nobody listens at.
  private func freePort() throws -> Int {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let connection = socket(AF_INET, kind, 0)
    defer { close(connection) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(connection, $0, length) == 0 && getsockname(connection, $0, &length) == 0
      }
    }
    guard isBound else { throw NoPort() }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// A starter of a few thousand numbers that learns from drawings, four batches a step.
  private func write(_ folder: TemporaryFolder, _ name: String, steps: Int, accumulation: Int = 4) throws {
    try folder.write(
      """
      kind: starter
      output: \(folder.file(name))
      steps: \(steps)
      data: {drawn: 1, folders: [], validation: [], crop: 32, batch: 1, clean: 0.5}
      optimiser: {rate: 1.0e-3, warmup: 0, course: constant, accumulation: \(accumulation)}
      schedule: {log: 1, validate: 100, save: 100}
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
      """.utf8, to: name + ".yaml")
  }

  /// What each process left, by its number.
  private func train(
    _ folder: TemporaryFolder, _ name: String, processes: Int, _ options: [String] = []
  ) throws -> [(status: Int32, output: String)] {
    let port = try freePort()
    let started = try (0..<processes).map { rank in
      let log = "\(name)-\(processes)-\(rank).txt"
      try folder.write([], to: log)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file(log)))
      var place: [String: String?] = ["OMP_NUM_THREADS": "1"]
      if processes > 1 {
        place["RANK"] = "\(rank)"
        place["LOCAL_RANK"] = "\(rank)"
        place["WORLD_SIZE"] = "\(processes)"
        place["MASTER_ADDR"] = "127.0.0.1"
        place["MASTER_PORT"] = "\(port)"
      }
      let process = try Program.start(
        ["train", name + ".yaml", "--device", "cpu", "--dtype", "fp32"] + options, in: folder.path, environment: place,
        output: handle, errors: handle)
      return (process, log)
    }
    return try started.map { process, log in
      process.waitUntilExit()
      return (process.terminationStatus, try String(contentsOfFile: folder.file(log), encoding: .utf8))
    }
  }

  private func losses(_ folder: TemporaryFolder, _ name: String) throws -> [Double] {
    try String(contentsOfFile: folder.file(name + "/log.jsonl"), encoding: .utf8).split(separator: "\n").map {
      let line = try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      return try #require(line["loss"] as? Double)
    }
  }

  /// Two processes, stopped and gone on with as four, end where one does.
  @Test func severalProcessesAreOne() throws {
    let folder = try TemporaryFolder()
    try write(folder, "one", steps: 3)
    let alone = try train(folder, "one", processes: 1)
    #expect(alone[0].status == 0, "\(alone)")
    try write(folder, "many", steps: 2)
    let two = try train(folder, "many", processes: 2)
    #expect(two.allSatisfy { $0.status == 0 }, "\(two)")
    // One process talks, and has the others' batches in what it says.
    #expect(two[0].output.contains("2 processes share the run") && two[0].output.contains("step 2/2"))
    #expect(two[1].output == "")
    try write(folder, "many", steps: 3)
    let four = try train(folder, "many", processes: 4, ["--resume"])
    #expect(four.allSatisfy { $0.status == 0 }, "\(four)")
    #expect(four[0].output.contains("from step 2 to 3") && four[1...].allSatisfy { $0.output == "" })

    let (wanted, found) = (
      try SafetensorsFile(path: folder.file("one/state.safetensors")),
      try SafetensorsFile(path: folder.file("many/state.safetensors"))
    )
    #expect(wanted.keys == found.keys && wanted.keys.count > 100)
    for key in wanted.keys {
      // Gradients are added up in another order: float32's last digits, of which AdamW makes a few more.
      let difference = try (wanted.tensor(key).to(.float32) - found.tensor(key).to(.float32)).abs()
      #expect(try difference.floats().max() ?? 0 < 2e-5, "\(key)")
    }
    let (before, after) = (try losses(folder, "one"), try losses(folder, "many"))
    #expect(before.count == 3 && after.count == 3)
    for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func batchesThatCannotBeSharedAreRefused() throws {
    let folder = try TemporaryFolder()
    try write(folder, "run", steps: 1, accumulation: 3)
    let outcomes = try train(folder, "run", processes: 2)
    for outcome in outcomes {
      #expect(outcome.status != 0)
      #expect(
        outcome.output.contains(
          "training with 2 processes: they share the 3 batches of a step; make 'optimiser.accumulation' a multiple of 2"
        ),
        "\(outcome.output)")
    }
  }

  /// What stops the first process stops all.
  @Test func aRunThatIsThereIsNotWrittenOver() throws {
    let folder = try TemporaryFolder()
    try write(folder, "run", steps: 1)
    #expect(try train(folder, "run", processes: 1)[0].status == 0)
    let outcomes = try train(folder, "run", processes: 2)
    #expect(outcomes.allSatisfy { $0.status != 0 })
    #expect(outcomes[0].output.contains("the folder holds a run already"), "\(outcomes[0].output)")
    #expect(
      outcomes[1].output.contains("the first process of the run ended; its message says why"), "\(outcomes[1].output)")
  }

  @Test func halfAPlaceIsRefused() throws {
    let folder = try TemporaryFolder()
    try write(folder, "run", steps: 1)
    let outcome = try Program.run(
      ["train", "run.yaml"], in: folder.path, environment: ["WORLD_SIZE": "2", "RANK": nil, "MASTER_ADDR": nil])
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("WORLD_SIZE is 2, and MASTER_ADDR is not set"), "\(outcome.errors)")
  }
}
