import Checkpoints
import Foundation
import Priors

/// CLIP's text encoder, with and without projection.
struct CLIPTextComponent: ParityComponent {
  let names = ["clip-text"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: CLIPTextConfig.self)
    let model = try fixture.load { try CLIPTextModel($0, config) }
    let ids_BL = try fixture.input("input_ids")
    let prefix = "hidden_states."
    let numbers = Set(
      fixture.outputs.lazy.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) })
    let encoding = try model(ids_BL, hiddenStates: numbers)
    var answers: [Answer] = []
    for (number, state_BLD) in encoding.hiddenStates_BLD.sorted(by: { $0.key < $1.key }) {
      answers.append(Answer(prefix + "\(number)", state_BLD, way: "beside the others"))
      answers.append(Answer(prefix + "\(number)", try model.hiddenState(number, of: ids_BL), way: "alone"))
    }
    answers.append(Answer("last_hidden_state", encoding.lastHiddenState_BLD))
    if fixture.outputs.contains("pooler_output") { answers.append(Answer("pooler_output", encoding.pooled_BD)) }
    if let projected_BD = encoding.projected_BD { answers.append(Answer("text_embeds", projected_BD)) }
    return answers
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try CLIPTextModel(path, try JSONDecoder().decode(CLIPTextConfig.self, from: config))
  }
}
