import Checkpoints
import Foundation
import Priors
import Torch

/// The picture tagger: RAM as it is, and with DAPE's LoRA.
struct TaggerComponent: ParityComponent {
  let names = ["ram-swin", "dape"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: TaggerConfig.self)
    let tagger = try TaggerFixture(fixture.weights(), config: config, hasLoRA: fixture.component == "dape")
    let features = try tagger.encoder.features(try fixture.input("image"))
    let tokens = try tagger.encoder.tokens(features_BLC: features)
    let logits = try tagger.decoder.logits(tokens)
    let scores = try logits.sigmoid()
    var answers = [
      Answer("visual_features", features), Answer("image_embeds", tokens), Answer("logits", logits),
      Answer("scores", scores), Answer("targets", try Self.targets(scores, config)),
    ]
    let merged = "merged."
    for output in fixture.outputs.filter({ $0.hasPrefix(merged) }).sorted() {
      let shape = try fixture.output(output).shape
      let path = ParameterLoader(tagger.source).root
      answers.append(Answer(output, try path.take(String(output.dropFirst(merged.count)), shape, .zeros)))
    }
    return answers
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try ImageTagger(path, try JSONDecoder().decode(TaggerConfig.self, from: config))
  }

  /// 1 for each tag that is on, else 0.
  private static func targets(_ scores_BT: Tensor, _ config: TaggerConfig) throws -> Tensor {
    guard let thresholds = config.thresholds else { throw ParityError("its config has no class_threshold") }
    let names = thresholds.indices.map { "tag\($0)" }
    let list = try TagList(names: names, thresholds: thresholds.map { Float($0) })
    let rows = try (0..<scores_BT.size(0)).flatMap { row in
      let tags = Set(list.tags(scores: try scores_BT.selected(0, row).floats()))
      return names.map { tags.contains($0) ? Float(1) : 0 }
    }
    return try Tensor(rows, scores_BT.shape)
  }
}
