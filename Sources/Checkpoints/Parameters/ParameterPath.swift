public import Torch

/// A cursor over a checkpoint's keys: `path / "attn1" / "to_q"`.
///
/// Layers take their parameters from it by the names of the published checkpoints.
public struct ParameterPath {
  let loader: ParameterLoader
  /// The key so far, empty at the top.
  public let prefix: String
  /// What happens to parameters that are found.
  var handling = ParameterHandling.reading

  /// One name further down.
  public static func / (path: ParameterPath, name: String) -> ParameterPath {
    ParameterPath(loader: path.loader, prefix: path.key(name), handling: path.handling)
  }

  /// One number further down, for lists of layers.
  public static func / (path: ParameterPath, index: Int) -> ParameterPath { path / String(index) }

  /// Takes a parameter.
  /// - Parameters:
  ///   - name: The last part of its key.
  ///   - shape: The sizes that the configuration implies.
  ///   - initial: How it begins in a new model.
  /// - Returns: The tensor; one without memory when the key is missing or has another shape, which the load reports.
  /// - Throws: `CheckpointError` or `TorchError` when the source cannot read it.
  public func take(_ name: String, _ shape: [Int], _ initial: Initialisation) throws -> Tensor {
    try loader.take(key(name), ParameterRequest(shape: shape, initial: initial), handling)
  }

  /// True when the source holds this key: how a layer recognises an older spelling.
  public func contains(_ name: String) -> Bool { loader.contains(key(name)) }

  /// Low-rank changes that the layer shall compute beside one of its weights: see ``BranchedSource``.
  /// - Parameters:
  ///   - name: The last part of the weight's key.
  ///   - shape: The weight's sizes.
  /// - Throws: `CheckpointError` when a change does not fit the weight.
  public func branches(_ name: String, _ shape: [Int]) throws(CheckpointError) -> [LowRankUpdate] {
    let found = loader.branches(key(name))
    for update in found { try update.check(shape, doing: "computing a LoRA beside \(key(name).quoted)") }
    return found
  }

  private func key(_ name: String) -> String { prefix.isEmpty ? name : prefix + "." + name }
}
