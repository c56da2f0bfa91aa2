import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

/// Low-rank changes beside a layer's weight against the same changes merged into it.
struct LowRankTests {
  private let generator: Generator

  init() throws {
    try useOneThread()
    generator = try Generator(seed: 5)
  }

  private func random(_ shape: [Int]) throws -> Tensor { try .randn(shape, generator: generator) }

  private func isClose(_ a: Tensor, _ b: Tensor) throws -> Bool {
    try Difference(a, b, absolute: 1e-5, relative: 1e-5).isClose
  }

  /// Both ways through a layer, as training and as inference run it.
  private func expectSame<Layer>(
    _ weights: [String: Tensor], _ update: LowRankUpdate, build: (ParameterPath) throws -> Layer,
    _ call: (Layer) throws -> Tensor
  ) throws {
    let base = ParameterDictionary(weights)
    let merged = try build(ParameterLoader(try MergedSource(base, ["l.weight": [update, update]])).root / "l")
    let beside = try build(ParameterLoader(try BranchedSource(base, ["l.weight": [update, update]])).root / "l")
    let plain = try build(ParameterLoader(base).root / "l")
    for _ in 0..<2 {
      let (found, expected) = (try call(beside), try call(merged))
      #expect(try isClose(found, expected))
      #expect(try !isClose(found, call(plain)))
      #expect(try withoutGradient { () throws in try isClose(call(beside), call(merged)) })
    }
  }

  @Test func linearLayers() throws {
    let x = try random([2, 4, 3])
    let weights = ["l.weight": try random([6, 3]), "l.bias": try random([6])]
    let update = LowRankUpdate(down: try random([2, 3]), up: try random([6, 2]), scale: 0.7)
    let build = { (path: ParameterPath) throws in try Linear(path, in: 3, out: 6) }
    try expectSame(weights, update, build: build) { try $0(x) }
    try expectSame(weights, update, build: build) { try $0.withTanhGELU(x) }
    try expectSame(weights, update, build: build) { try $0.narrowed(2..<5)(x) }
  }

  @Test(arguments: [1, 2], [1, 3])
  func convolutions(stride: Int, size: Int) throws {
    let x = try random([2, 3, 7, 6])
    let weights = ["l.weight": try random([6, 3, size, size]), "l.bias": try random([6])]
    let update = LowRankUpdate(
      down: try random([2, 3, size, size]), up: try random([6, 2, 1, 1]), scale: 0.7)
    try expectSame(weights, update, build: { try Conv2d($0, in: 3, out: 6, size: size, stride: stride) }) { try $0(x) }
  }

  @Test func gradientsReachTheChangeAndNotTheBase() throws {
    let weight = try random([6, 3])
    let update = try LowRankUpdate(
      down: random([2, 3]).requiresGradient(true), up: random([6, 2]).requiresGradient(true), scale: 0.7)
    let source = try BranchedSource(ParameterDictionary(["weight": weight]), ["weight": [update]])
    let layer = try Linear(ParameterLoader(source).root, in: 3, out: 6, bias: false)
    let loss = try layer(random([5, 3])).square().mean()
    let found = try gradients(of: [loss], withRespectTo: [update.down, update.up])
    #expect(try found.allSatisfy { try ($0?.abs().sum().item() ?? 0) > 0 })
    #expect(!layer.weight.requiresGradient)
  }

  @Test func aChangeOfZeroLeavesTheBits() throws {
    let base = ParameterDictionary(["weight": try random([6, 3])])
    let update = LowRankUpdate(down: try random([2, 3]), up: try .zeros([6, 2]), scale: 1)
    let x = try random([5, 3])
    let plain = try Linear(ParameterLoader(base).root, in: 3, out: 6, bias: false)
    let beside = try Linear(
      ParameterLoader(try BranchedSource(base, ["weight": [update]])).root, in: 3, out: 6, bias: false)
    #expect(try beside(x).floats() == plain(x).floats())
    #expect(try withoutGradient { () throws in try beside(x).floats() == plain(x).floats() })
  }

  @Test func refusals() throws {
    let base = ParameterDictionary(["w": try random([6, 3])], name: "base.safetensors")
    func update(_ down: [Int], _ up: [Int], rows: Range<Int>? = nil) throws -> LowRankUpdate {
      try LowRankUpdate(down: .ones(down), up: .ones(up), scale: 1, rows: rows)
    }
    #expect(
      #expect(throws: CheckpointError.self) { try BranchedSource(base, ["v": [update([1, 3], [6, 1])]]) }?.message
        == "computing a LoRA beside the weights of base.safetensors: 1 of the 1 weights that it changes are not there "
        + "('v'). Was it made for another model?")
    #expect(
      #expect(throws: CheckpointError.self) {
        try BranchedSource(base, ["w": [update([1, 3], [2, 1], rows: 0..<2)]])
      }?.message
        == "computing a LoRA beside the weights of base.safetensors: it changes a part of the rows of 'w'; merge it")
    let other = try BranchedSource(
      ParameterDictionary(["l.weight": random([6, 3])]), ["l.weight": [update([1, 4], [6, 1])]])
    #expect(
      #expect(throws: CheckpointError.self) {
        try Linear(ParameterLoader(other).root / "l", in: 3, out: 6, bias: false)
      }?.message
        == "computing a LoRA beside 'l.weight': B [6, 1] times A [1, 4] does not fit rows 0..<6 of [6, 3]. Was it made "
        + "for another model?")
  }

  @Test func aPrefixAndAnOverlayHandChangesOn() throws {
    let update = try LowRankUpdate(down: .ones([1, 3]), up: .ones([6, 1]), scale: 1)
    let source = try BranchedSource(ParameterDictionary(["a.w": random([6, 3])]), ["a.w": [update]])
    #expect(PrefixedSource(source, prefix: "a.").branches("w").count == 1)
    #expect(OverlaidSource(ParameterDictionary([:]), over: source).branches("a.w").count == 1)
    #expect(OverlaidSource(source, over: ParameterDictionary([:])).branches("a.w").count == 1)
    #expect(ParameterDictionary([:]).branches("a.w").isEmpty)
  }
}
