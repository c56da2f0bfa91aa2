import Checkpoints
import Foundation
import Torch

@testable import Training

/// A line through points, and a second player with a loss of its own.
struct ToyTask: TrainingTask {
  var device = Device.cpu
  var dtype = DType.float32
  var groups = [ParameterGroup.all]
  var name = "toy"
  /// Rows of x and y, and noise on y from the step's generator.
  typealias Batch = [(x: Float, y: Float)]
  typealias Model = [String: Tensor]

  var identity: RunIdentity { RunIdentity(kind: name, model: ["size": 2]) }

  func firstParameters() throws -> [String: Tensor] {
    ["slope": try Tensor([Float(0)]), "offset": try Tensor([Float(0)]), "judge.weight": try Tensor([Float(1)])]
      .filter { groups.contains { $0.phase == 1 } || !$0.key.hasPrefix("judge") }
  }

  func check(_ stored: ParameterDictionary) throws {}

  func model(_ parameters: ParameterDictionary) throws -> [String: Tensor] { parameters.tensors }

  func losses(_ model: [String: Tensor], _ batch: Batch, random: Generator) throws -> StepLosses {
    guard let slope = model["slope"], let offset = model["offset"] else { return StepLosses(byPhase: []) }
    let x = try Tensor(batch.map(\.x))
    let y = try Tensor(batch.map(\.y))
    let loss = try recomputedInBackward { () throws(TorchError) in try (x * slope + offset).meanSquaredError(y) }
    guard let judge = model["judge.weight"] else { return StepLosses(loss, parts: ["half": try loss * 0.5]) }
    return StepLosses(byPhase: [
      loss, try (judge - slope.detached()).meanSquaredError(try judge.zerosLike().detached()),
    ])
  }

  func write(_ parameters: [String: Tensor], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SafetensorsWriter.write(
      try parameters.mapValues { try $0.detached() }, metadata: [:], to: folder + "/toy.safetensors")
  }
}
