import Quality
import Torch

/// CLIP-IQA, with and without the position embedding of its pool.
struct CLIPIQAComponent: ParityComponent {
  let names = ["clip-iqa"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: CLIPConfig.self)
    let ids_BL = try fixture.input("prompt_tokens")
    let image = try fixture.input("x")
    func metric(countsPlaces: Bool) throws -> CLIPIQA {
      try CLIPIQA(fixture.weights(), config, ids_BL: ids_BL, countsPlaces: countsPlaces)
    }
    let published = try metric(countsPlaces: false)
    let shape = [image.size(0), 1]
    var answers = [
      Answer("score", try Tensor(try published.score(image), shape)),
      Answer("image_features", try published.pictureFeatures(image)),
      Answer("text_features", published.textFeatures_PD),
    ]
    let placed = "score_pos_embedding"
    if fixture.outputs.contains(placed) {
      answers.append(Answer(placed, try Tensor(try metric(countsPlaces: true).score(image), shape)))
    }
    return answers
  }
}
