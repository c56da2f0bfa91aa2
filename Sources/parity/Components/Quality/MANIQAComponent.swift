import Checkpoints
import Foundation
import Quality
import Torch

/// MANIQA. Its checkpoints hold buffers and layers without a part in the score.
struct MANIQAComponent: ParityComponent {
  let names = ["maniqa"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: MANIQAConfig.self)
    let metric = try ParameterLoader.load(
      fixture.weights(), component: fixture.component, dtype: .float32, ignoring: MANIQA.hasNoUse
    ) { try MANIQA($0, config, variant: .koniq) }
    let image = try fixture.input("x")
    return [Answer("score", try Tensor(try metric.score(image), [image.size(0), 1]))]
  }

  func source(_ config: Data, over layout: any ParameterSource) throws -> any ParameterSource {
    RenamedSource(layout, [:], dropping: MANIQA.hasNoUse)
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try MANIQA(path, try JSONDecoder().decode(MANIQAConfig.self, from: config), variant: .koniq)
  }
}
