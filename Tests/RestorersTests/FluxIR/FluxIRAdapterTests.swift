import Checkpoints
import Foundation
import Priors
import TestModels
import Testing
import Torch

@testable import Restorers

/// FluxIR's adapter beside the transformer.
struct FluxIRAdapterTests {
  private let flux: TinyFlux
  private let transformer: FluxTransformer

  init() throws {
    flux = try TinyFlux()
    transformer = try flux.transformer()
  }

  private func velocity(_ adapter: FluxIRAdapter?, scale: Double = 1) throws -> Tensor {
    let pass = try flux.pass()
    let control = try adapter.map {
      try $0.control(
        pass, low_BLC: flux.low(), prompt: $0.prompt(in: transformer), in: transformer, scale: scale)
    }
    return try transformer(pass, prompt: flux.prompt(transformer), control: control)
  }

  @Test(arguments: FluxIRConfig.Kind.allCases)
  func aNewAdapterLeavesFluxAsItIs(_ kind: FluxIRConfig.Kind) throws {
    let config = TinyFlux.config(kind)
    for run in [withGradient, withoutGradient] as [(() throws -> Void) throws -> Void] {
      try run {
        let plain = try values(velocity(nil))
        #expect(try values(velocity(flux.adapter(flux.start(config), config))) == plain)
        // One that was trained does not.
        #expect(try values(velocity(flux.adapter(flux.trained(config), config))) != plain)
      }
    }
  }

  @Test(arguments: FluxIRConfig.Kind.allCases)
  func theScaleMultipliesWhatIsAdded(_ kind: FluxIRConfig.Kind) throws {
    let config = TinyFlux.config(kind)
    let adapter = try flux.adapter(flux.trained(config), config)
    #expect(try values(velocity(adapter, scale: 0)) == values(velocity(nil)))
    let pass = try flux.pass()
    func added(_ scale: Double) throws -> Tensor {
      let control = try adapter.control(
        pass, low_BLC: flux.low(), prompt: adapter.prompt(in: transformer), in: transformer, scale: scale)
      return try #require(try control.picture(behind: 3))
    }
    #expect(try values(added(0.5)) == values(added(1) * 0.5))
    #expect(try values(velocity(adapter, scale: 0.5)) != values(velocity(adapter)))
  }

  /// The formulas of the three kinds, from the weights.
  @Test(arguments: FluxIRConfig.Kind.allCases) func layersAreWhatTheyAreSaidToBe(_ kind: FluxIRConfig.Kind) throws {
    var parameters: [String: Tensor] = [:]
    let generator = try Generator(seed: 8)
    for (key, shape) in [
      "down.weight": [2, 6], "down.bias": [2], "up.weight": [6, 2], "up.bias": [6], "gamma": [6],
    ] where key != "gamma" || kind != .bottleneck {
      parameters[key] = try .randn(shape, generator: generator)
    }
    var config = FluxIRConfig()
    config.kind = kind
    config.rank = 2
    let layer = try ParameterLoader.load(ParameterDictionary(parameters), component: "it") {
      try ControlLayer($0, config, width: 6)
    }
    let feature = try Tensor.randn([1, 5, 6], generator: generator)
    func take(_ key: String) throws -> Tensor { try #require(parameters[key]) }
    let seen = kind == .gate ? try feature.mean([1], keepingAxes: true) : feature
    let inner = try seen.linear(take("down.weight"), bias: take("down.bias")).relu()
    let answer = try inner.linear(take("up.weight"), bias: take("up.bias"))
    let expected = kind == .bottleneck ? answer : try feature * answer.sigmoid() * take("gamma")
    let difference: Tensor = try layer(feature) - expected
    #expect(try difference.abs().maximum().item() < 1e-5)
  }

  /// What text tokens get behind the last single block reaches nothing.
  @Test func textControlOfTheLastBlockHasNoEffect() throws {
    let parameters = try flux.trained()
    let before = try values(velocity(flux.adapter(parameters)))
    for block in 0..<flux.config.blockCount {
      var changed = parameters
      for name in ["up.weight", "up.bias", "down.weight"] {
        let key = "fluxir.se_txt.\(block).\(name)"
        changed[key] = try #require(parameters[key]) * -2
      }
      let after = try values(velocity(flux.adapter(changed)))
      #expect((after == before) == (block == flux.config.blockCount - 1), "\(block)")
    }
  }

  @Test func gradientsReachEveryParameterButThose() throws {
    let parameters = try flux.trained()
    for tensor in parameters.values { try tensor.requiresGradient(true) }
    let keys = parameters.keys.sorted()
    let found = try withGradient { () throws in
      try gradients(
        of: [velocity(flux.adapter(parameters)).square().mean()],
        withRespectTo: keys.map { try #require(parameters[$0]) })
    }
    for (key, gradient) in zip(keys, found) {
      let isLast = key.hasPrefix("fluxir.se_txt.\(flux.config.blockCount - 1).")
      #expect((gradient == nil) == isLast, "\(key)")
      // What a bias of keys adds to all scores of a query alike, softmax does not see.
      if let gradient, !key.hasSuffix("_k_proj.bias"), !key.hasSuffix("to_k.bias") {
        #expect(try gradient.abs().maximum().item() > 0, "\(key)")
      }
    }
  }

  /// At the start the second halves of the layers learn first: through their zeros nothing else does.
  @Test func theFirstStepMovesTheSecondHalves() throws {
    let parameters = try flux.start()
    for tensor in parameters.values { try tensor.requiresGradient(true) }
    func gradient(_ key: String) throws -> Double {
      let found = try withGradient { () throws in
        try gradients(
          of: [velocity(flux.adapter(parameters)).square().mean()], withRespectTo: [try #require(parameters[key])])
      }
      return try found[0]?.abs().maximum().item() ?? 0
    }
    #expect(try gradient("fluxir.se_img.3.up.weight") > 0)
    #expect(try gradient("fluxir.se_txt.0.up.bias") > 0)
    #expect(try gradient("fluxir.se_img.3.down.weight") == 0)
    #expect(try gradient("fluxir.block.attn.to_q.weight") == 0)
  }

  @Test func withoutTextInSingleBlocksThereAreFewerLayers() throws {
    let config = TinyFlux.config(textInSingle: false)
    let parameters = try flux.start(config)
    #expect(
      parameters.keys.contains("fluxir.se_txt.1.up.weight") && !parameters.keys.contains("fluxir.se_txt.2.up.weight"))
    #expect(parameters.keys.contains("fluxir.se_img.3.up.weight"))
    let trained = try flux.adapter(flux.trained(config), config)
    #expect(try values(velocity(trained)) != values(velocity(nil)))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let adapter = try flux.adapter(flux.start())
    func message(_ low: Tensor, text: Int) throws -> String? {
      let pass = try flux.pass()
      let other = FluxPass(
        picture_BLC: pass.picture_BLC, timestep_B: pass.timestep_B, guidance_B: pass.guidance_B,
        positions: try flux.config.positions(textLength: text, rows: 4, columns: 6))
      return #expect(throws: TorchError.self) {
        _ = try adapter.control(other, low_BLC: low, prompt: adapter.prompt(in: transformer), in: transformer)
      }?.message
    }
    #expect(
      try message(.zeros([1, 23, 64]), text: 9)
        == "FluxIR was given a low-quality latent of tokens [1, 23, 64] beside a noisy one of [1, 24, 64]")
    #expect(
      try message(.zeros([1, 24, 64]), text: 7)
        == "FluxIR's text has 9 tokens, and the transformer was told one of 7: encode prompts with 9")
  }
}
