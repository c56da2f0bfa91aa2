import Checkpoints
import Foundation
import Priors

/// T5's encoder, with and without mask.
struct T5EncoderComponent: ParityComponent {
  let names = ["t5-encoder"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: T5EncoderConfig.self)
    let model = try fixture.load { try T5Encoder($0, config) }
    let ids_BL = try fixture.input("input_ids")
    return [
      Answer("last_hidden_state", try model(ids_BL)),
      Answer("last_hidden_state_masked", try model(ids_BL, mask_BL: fixture.input("attention_mask"))),
    ]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try T5Encoder(path, try JSONDecoder().decode(T5EncoderConfig.self, from: config))
  }
}
