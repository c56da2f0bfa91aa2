internal import CTorch
internal import Foundation

/// What libtorch says of itself and of the machine.
public enum Machine {
  /// The libtorch version whose headers the door was compiled with.
  public static var compiledVersion: String { String(cString: ctorch_compiled_version()) }

  /// The libtorch version that was loaded.
  public static var runningVersion: String { String(cString: ctorch_running_version()) }

  /// Vector instructions in use by libtorch's own kernels: `AVX512`, `AVX2`, `DEFAULT`, ….
  public static var cpuCapability: String { String(cString: ctorch_cpu_capability()) }

  /// libtorch's description of its build: compilers, BLAS, oneDNN, flags.
  public static var buildDescription: String { String(cString: ctorch_build_description()) }

  /// Threads that one operator may use.
  public static var threadCount: Int { Int(ctorch_thread_count()) }

  /// Gives large blocks of main memory pages of their own, so that freed weights go back to the system at once instead of
  /// leaving holes in the heap. For a program to call before it computes; a library leaves its host's allocator alone.
  ///
  /// 12 MiB lies between the feature maps and the large weights of the U-Nets at 512 pixels: a SD 2.1 U-Net peaks at 1.42
  /// GB instead of 1.6 to 1.9, in the same time; at 1 MiB a pass takes a third longer, since every map is cleared anew.
  /// - Returns: False where the C library has no such setting.
  @discardableResult
  public static func separateLargeBlocks(from bytes: Int = 12 << 20) -> Bool {
    ctorch_memory_separate_blocks(Int64(bytes))
  }

  /// Sets how many threads one operator may use.
  /// - Parameter count: At least 1.
  /// - Throws: `TorchError` for a number below 1.
  public static func setThreadCount(_ count: Int) throws(TorchError) {
    try TorchError.check(ctorch_set_thread_count(Int64(count)), doing: "setting the number of threads to \(count)")
  }

  /// How many devices of a kind there are.
  /// - Parameter kind: `cuda` or `mps`.
  public static func deviceCount(_ kind: String) -> Int { Int(ctorch_device_count(kind)) }

  /// Throws unless the loaded libtorch has the major and minor version that this program was compiled for.
  /// - Throws: `TorchError` with both numbers.
  public static func checkVersion() throws(TorchError) {
    func release(_ version: String) -> [Substring] { Array(version.split(separator: ".").prefix(2)) }
    guard release(compiledVersion) == release(runningVersion) else {
      throw TorchError(
        .version,
        "this program was compiled for libtorch \(compiledVersion) but \(runningVersion) was loaded; "
          + "rebuild it ('make build'), or run scripts/bootstrap again")
    }
  }
}

/// Memory of a device with a caching allocator, in bytes.
public struct DeviceMemory: Sendable {
  /// In tensors now.
  public let allocated: Int
  /// The largest `allocated` since the last reset.
  public let peak: Int
  /// Held by the caching allocator.
  public let reserved: Int
  /// Free, as the driver says.
  public let free: Int
  /// All memory of the device.
  public let total: Int
}

extension Device {
  /// Memory figures of this device.
  /// - Throws: `TorchError` for the CPU, whose figures the operating system has.
  public func memory() throws(TorchError) -> DeviceMemory {
    var out = ctorch_memory()
    try TorchError.check(ctorch_memory_statistics(name, &out), doing: "reading memory figures of \(name)")
    return DeviceMemory(
      allocated: Int(out.allocated), peak: Int(out.peak), reserved: Int(out.reserved), free: Int(out.free_bytes),
      total: Int(out.total_bytes))
  }

  /// Lets the peak start anew from what is allocated now.
  /// - Throws: `TorchError` for the CPU.
  public func resetPeakMemory() throws(TorchError) {
    try TorchError.check(ctorch_memory_reset_peak(name), doing: "resetting the peak of \(name)")
  }

  /// Gives unused cached memory back to the system.
  /// - Throws: `TorchError` when the device is not there.
  public func emptyCache() throws(TorchError) {
    try TorchError.check(ctorch_memory_release(name), doing: "emptying the cache of \(name)")
  }
}

extension Machine {
  /// Vector and matrix units that speed up short types, as the operating system names them: `avx512f`, `avx512_bf16`,
  /// `amx_bf16`, …. Empty where the system does not say (macOS, whose units libtorch does not use from the CPU).
  public static let cpuFeatures: Set<String> = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return [] }
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    return Set((line?.split(separator: ":").last ?? "").split(separator: " ").map(String.init))
  }()

  /// The type in which networks run best on a device without losing the picture: bfloat16 where it is fast (CUDA, CPUs
  /// with AMX or AVX512-BF16), float32 elsewhere.
  /// - Parameter device: Where the networks run.
  public static func preferredDType(on device: Device) -> DType {
    switch device.kind {
    case "cuda": .bfloat16
    case "cpu": cpuFeatures.isDisjoint(with: ["amx_bf16", "avx512_bf16"]) ? .float32 : .bfloat16
    default: .float32
    }
  }
}
