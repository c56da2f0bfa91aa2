internal import Checkpoints
internal import Torch

/// A network whose file was opened and whose layout was checked; its weights are loaded when a run needs them, and go with
/// what was loaded.
struct DeferredNetwork<Network> {
  /// How many numbers it has.
  let parameterCount: Int
  /// What it computes in.
  let dtype: DType
  private let component: String
  private let device: Device
  private let source: any ParameterSource
  private let build: (ParameterPath) throws -> Network
  private var kept: Network?

  /// Checks a network's layout.
  /// - Parameters:
  ///   - checkpoint: Its file.
  ///   - component: What messages call it.
  ///   - reading: From the file's keys to those of the network.
  ///   - changing: What is done to the weights as they are loaded, under the network's keys.
  ///   - build: Makes the network.
  /// - Throws: `CheckpointError` with the missing, unexpected and mismatched keys; what `build` throws.
  init(
    _ checkpoint: any Checkpoint, component: String, dtype: DType, device: Device,
    reading: (any ParameterSource) -> any ParameterSource = { $0 },
    changing: (any ParameterSource) throws -> any ParameterSource = { $0 },
    build: @escaping (ParameterPath) throws -> Network
  ) throws {
    self.component = component
    self.dtype = dtype
    self.device = device
    self.build = build
    source = try changing(reading(checkpoint))
    let layout = CountingSource(reading(CheckpointLayout(checkpoint)))
    _ = try ParameterLoader.load(layout, component: component, ignoring: Self.hasNoUse, build)
    parameterCount = layout.count
  }

  /// Bytes of its weights.
  var byteCount: Int { parameterCount * dtype.byteCount }

  /// The network.
  /// - Throws: `CheckpointError` for weights that cannot be read; `TorchError` when memory runs out.
  func load() throws -> Network {
    if let kept { return kept }
    return try ParameterLoader.load(
      source, component: component, dtype: dtype, device: device, ignoring: Self.hasNoUse, build)
  }

  /// The same network, loaded once and for all.
  /// - Throws: What ``load()`` throws.
  func resident() throws -> DeferredNetwork {
    var copy = self
    copy.kept = try load()
    return copy
  }

  /// Its weights under the network's names, as they lie in the file.
  var weights: any ParameterSource { source }

  /// The numbers 0, 1, … that some files hold.
  private static func hasNoUse(_ key: String) -> Bool { key.hasSuffix("position_ids") }
}
