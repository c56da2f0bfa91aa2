internal import CTorch

/// Where tensors live and kernels run.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  /// libtorch's name: `cpu`, `cuda:0`, `mps`, `meta`.
  public let name: String

  /// A device by libtorch's name.
  /// - Parameter name: `cpu`, `cuda`, `cuda:1`, `mps` or `meta`.
  public init(_ name: String) { self.name = name == "cuda" ? "cuda:0" : name == "mps:0" ? "mps" : name }

  /// The main processor.
  public static let cpu = Device("cpu")
  /// The first NVIDIA GPU.
  public static let cuda = Device("cuda:0")
  /// Apple's GPU.
  public static let mps = Device("mps")
  /// No device: tensors here have a shape and a type but no memory.
  public static let meta = Device("meta")

  /// `cuda` without the number.
  public var kind: String { String(name.prefix { $0 != ":" }) }

  /// libtorch's name.
  public var description: String { name }

  /// True when libtorch can use this device here.
  public var isAvailable: Bool {
    switch kind {
    case "cpu", "meta": true
    case "cuda":
      ctorch_device_count("cuda") > (Int64(name.split(separator: ":").last ?? "0") ?? 0)
    default: ctorch_device_count(kind) > 0
    }
  }

  /// The fastest device present: CUDA, then MPS, then the CPU.
  public static var best: Device {
    if Device.cuda.isAvailable { return .cuda }
    if Device.mps.isAvailable { return .mps }
    return .cpu
  }

  /// Waits until all work given to the device is done. Needed before a clock is read.
  /// - Throws: `TorchError` when the device is not there or reports a failure of earlier work.
  public func synchronize() throws(TorchError) {
    try TorchError.check(ctorch_synchronize(name), doing: "waiting for \(name)")
  }
}
