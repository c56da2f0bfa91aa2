internal import Checkpoints

/// How many numbers restoration adapters add to their prior.
public struct AdapterParameterCounts: Sendable, Hashable {
  /// In the restoration adapters.
  public let adapters: Int
  /// In the prior's LoRA.
  public let lowRank: Int

  /// In both.
  public var total: Int { adapters + lowRank }
}

extension RestorationAdapterConfig {
  /// Sizes of all that is trained, by the keys of a checkpoint. No memory is taken for it.
  /// - Parameter backbone: The network that adapters are put into.
  /// - Throws: `CheckpointError` for settings that do not go with the network.
  public func layout(for backbone: AdapterBackbone) throws -> [String: [Int]] {
    let recorder = ParameterRecorder()
    let path = ParameterLoader(recorder).root
    _ = try RestorationAdapter(path, lowRank: path, self, for: backbone)
    return recorder.shapes
  }

  /// How many numbers are trained.
  /// - Parameter backbone: The network that adapters are put into.
  /// - Throws: `CheckpointError` for settings that do not go with the network.
  public func parameterCounts(for backbone: AdapterBackbone) throws -> AdapterParameterCounts {
    var (adapters, lowRank) = (0, 0)
    for (key, shape) in try layout(for: backbone) {
      let count = shape.reduce(1, *)
      if key.hasPrefix(RestorationAdapter.prefix + ".") { adapters += count } else { lowRank += count }
    }
    return AdapterParameterCounts(adapters: adapters, lowRank: lowRank)
  }
}
