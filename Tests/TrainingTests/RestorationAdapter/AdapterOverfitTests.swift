import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch
import Training

/// Adapters and LoRA in a frozen prior learn one pair by heart.
struct AdapterOverfitTests {
  @Test(arguments: TinyPrior.Kind.allCases)
  func onePairIsLearnt(_ kind: TinyPrior.Kind) throws {
    try useOneThread()
    let prior = try TinyPrior(kind)
    let before = try prior.parameters.mapValues { try $0.floats() }
    let parameters = try TrainableParameters(
      RestorationAdapter.newParameters(prior.adapters, for: prior.backbone, seed: 1))
    let adapter = try RestorationAdapter.load(
      ParameterDictionary(parameters.named()), prior.adapters, for: prior.backbone)
    let network = try prior.network(adapter.beside(prior.source))
    let (noisy, low) = (try TinyPrior.random([1, 4, 8, 8], seed: 2), try TinyPrior.random([1, 4, 8, 8], seed: 3))
    let target = try TinyPrior.random([1, 4, 8, 8], seed: 4)
    let optimiser = try AdamW(parameters.tensors)
    var losses: [Double] = []
    for _ in 0..<150 {
      let loss = try network(noisy, adapter.looking(at: low)).meanSquaredError(target)
      losses.append(try loss.item())
      try optimiser.step(parameters.gradients(of: loss), learningRate: 1e-2)
    }
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first / 4, "\(first) fell to \(last)")
    #expect(try prior.parameters.mapValues { try $0.floats() } == before)
  }
}
