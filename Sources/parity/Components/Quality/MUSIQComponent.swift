import Checkpoints
import Foundation
import Quality
import Torch

/// MUSIQ.
struct MUSIQComponent: ParityComponent {
  let names = ["musiq"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: MUSIQConfig.self)
    let metric = try fixture.load { try MUSIQ($0, config) }
    let image = try fixture.input("x")
    return [
      Answer("mos", try Tensor(try metric.score(image), [image.size(0), 1])),
      Answer("dist", try metric.distribution(image)),
      Answer("sequence_positions", try metric.sequencePositions(image)),
    ]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try MUSIQ(path, try JSONDecoder().decode(MUSIQConfig.self, from: config))
  }
}
