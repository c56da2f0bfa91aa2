internal import ArgumentParser
internal import Torch

/// Options of every command that computes.
struct MachineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to compute: auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"

  @Option(help: ArgumentHelp("Type of the networks' arithmetic: auto, bf16, fp16 or fp32.", valueName: "type"))
  var dtype = "auto"

  @Option(help: ArgumentHelp("Threads of one operation; all cores when absent.", valueName: "count"))
  var threads: Int?

  func validate() throws {
    guard device.wholeMatch(of: /auto|cpu|mps|cuda(:[0-9]{1,3})?/) != nil else {
      throw ValidationError("--device '\(device)' is not known; it takes auto, cpu, cuda, cuda:N or mps")
    }
    guard ["auto", "bf16", "fp16", "fp32"].contains(dtype) else {
      throw ValidationError("--dtype '\(dtype)' is not known; it takes auto, bf16, fp16 or fp32")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be within 1…1024, not \(threads)")
    }
  }

  /// Checks libtorch, sets threads, and chooses device and type. The first thing that a command does, since it may start
  /// the program anew.
  func prepare() throws -> (device: Device, dtype: DType) {
    StartSettings.apply()
    try Machine.checkVersion()
    Machine.separateLargeBlocks()
    if let threads { try Machine.setThreadCount(threads) }
    let chosen = device == "auto" ? Device.best : Device(device)
    guard chosen.isAvailable else {
      throw ValidationError(
        "--device \(device): libtorch finds no such device here; 'burnish doctor' lists what there is")
    }
    switch dtype {
    case "bf16": return (chosen, .bfloat16)
    case "fp16": return (chosen, .float16)
    case "fp32": return (chosen, .float32)
    default: return (chosen, Machine.preferredDType(on: chosen))
    }
  }

  /// The GPU of one of several processes of a machine, which take one each.
  /// - Parameters:
  ///   - best: What ``prepare()`` chose; it stays where the user named a device, and where the machine has no GPU of that number.
  ///   - localRank: The process's number on its machine; nil where it is alone.
  func ownDevice(_ best: Device, localRank: @autoclosure () throws -> Int?) rethrows -> Device {
    guard device == "auto", best.kind == "cuda", let number = try localRank() else { return best }
    let own = Device("cuda:\(number)")
    return own.isAvailable ? own : best
  }
}
