internal import Checkpoints
internal import Foundation
public import Torch

/// Everything that a run needs to go on as if it had never stopped, in one safetensors file.
///
/// Random numbers need no state: crops, times and noise of a step are functions of the seed and the step.
public struct TrainingState {
  /// Steps done.
  public var step: Int
  /// Tensors under `weights/`, `average/` and `optimiser/`.
  public var tensors: [String: Tensor]
  /// What must not change over a run, as ``RunIdentity/text``; states of the first version hold the recipe's kind only.
  public var recipe: String

  /// A state after `step` steps.
  public init(step: Int, tensors: [String: Tensor], recipe: String) {
    self.step = step
    self.tensors = tensors
    self.recipe = recipe
  }

  /// Writes the state; a file of the same name is replaced only once the new one is whole.
  /// - Throws: `CheckpointError` when it cannot be written.
  public func write(to path: String) throws {
    try SafetensorsWriter.write(tensors, metadata: ["burnish.step": String(step), "burnish.recipe": recipe], to: path)
  }

  /// Reads a state.
  /// - Throws: `CheckpointError` for a file that is damaged, `TrainingError` for one that is no training state.
  public init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    guard let text = file.metadata["burnish.step"], let step = Int(text), step >= 0 else {
      throw TrainingError(
        .state, "resuming from '\(path)': it holds no training state (no burnish.step in its metadata)")
    }
    self.step = step
    recipe = file.metadata["burnish.recipe"] ?? ""
    tensors = try ParameterDictionary(file).tensors
  }

  /// The tensors under a prefix, without it.
  public func part(_ prefix: String) -> [String: Tensor] {
    var part: [String: Tensor] = [:]
    for (key, tensor) in tensors where key.hasPrefix(prefix) { part[String(key.dropFirst(prefix.count))] = tensor }
    return part
  }
}
