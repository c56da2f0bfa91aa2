import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

/// What a training step changes, and what not.
struct AdapterGradientTests {
  private func gradient(_ tiny: TinyAdapter) throws -> (reached: Set<String>, all: Set<String>, prior: Bool) {
    let names = tiny.parameters.keys.sorted()
    var leaves: [String: Tensor] = [:]
    for name in names { leaves[name] = try tiny.parameters[name]?.cloned().requiresGradient(true) }
    let adapter = try RestorationAdapter.load(ParameterDictionary(leaves), tiny.config, for: tiny.prior.backbone)
    let network = try tiny.prior.network(adapter.beside(tiny.prior.source))
    let answer = try network(tiny.noisy_BCHW, adapter.looking(at: tiny.low_BCHW))
    let loss = try answer.meanSquaredError(TinyPrior.random(answer.shape, seed: 9))
    let found = try gradients(of: [loss], withRespectTo: names.compactMap { leaves[$0] })
    var reached: Set<String> = []
    for (name, gradient) in zip(names, found) {
      if let gradient, try gradient.abs().maximum().item() > 0 { reached.insert(name) }
    }
    return (reached, Set(names), tiny.prior.parameters.values.contains { $0.requiresGradient })
  }

  /// At the first step only what begins as zero moves: all else stands before a product with it.
  @Test(arguments: TinyPrior.Kind.allCases)
  func theFirstStepMovesWhatIsZero(_ kind: TinyPrior.Kind) throws {
    let (reached, all, prior) = try gradient(TinyAdapter(kind, isTrained: false))
    #expect(reached == all.filter(TinyAdapter.beginsAsZero))
    #expect(!prior)
  }

  /// Later every trainable number moves, and no other.
  @Test(arguments: TinyPrior.Kind.allCases)
  func laterStepsMoveEverything(_ kind: TinyPrior.Kind) throws {
    let (reached, all, prior) = try gradient(TinyAdapter(kind))
    #expect(reached == all)
    #expect(!prior)
  }
}
