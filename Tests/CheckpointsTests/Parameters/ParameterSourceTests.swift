import Checkpoints
import Testing
import Torch

@Suite struct ParameterSourceTests {
  private func take(_ source: any ParameterSource, _ key: String, _ shape: [Int], _ initial: Initialisation) throws
    -> Tensor
  {
    try ParameterLoader(source).root.take(key, shape, initial)
  }

  @Test func pathsJoinWithDots() throws {
    let loader = try ParameterLoader(ParameterDictionary(["down.0.attn1.to_q.weight": .ones([1])]))
    let path = loader.root / "down" / 0 / "attn1" / "to_q"
    #expect(path.prefix == "down.0.attn1.to_q")
    #expect(path.contains("weight"))
    #expect(!path.contains("bias"))
    #expect(loader.root.prefix == "")
    #expect(try path.take("weight", [1], .zeros).item() == 1)
    #expect(loader.finish().isClean)
  }

  @Test func aPrefixNarrowsASource() throws {
    let source = try PrefixedSource(
      ParameterDictionary(["model.a": .ones([1]), "model.b": .zeros([1]), "ema.a": .zeros([1])], name: "all.ckpt"),
      prefix: "model.")
    #expect(source.keys == ["a", "b"])
    #expect(source.name == "all.ckpt")
    #expect(try take(source, "a", [1], .zeros).item() == 1)
    #expect(try take(source, "c", [1], .zeros).device == .meta)
  }

  @Test func aRecorderListsWhatIsAskedForWithoutMemory() throws {
    let recorder = ParameterRecorder()
    let tensor = try take(recorder, "huge", [1 << 30, 1 << 10], .zeros)
    #expect(tensor.device == .meta)
    #expect(recorder.shapes == ["huge": [1 << 30, 1 << 10]])
    #expect(recorder.keys.isEmpty)
  }

  @Test func newParametersBeginAsAsked() throws {
    let source = try ParameterInitialiser(seed: 3)
    #expect(try take(source, "zeros", [4], .zeros).floats() == [0, 0, 0, 0])
    #expect(try take(source, "ones", [4], .ones).floats() == [1, 1, 1, 1])
    let uniform = try take(source, "uniform", [20_000], .uniform(fanIn: 16))
    #expect(try uniform.maximum().item() < 0.25)
    #expect(try uniform.minimum().item() >= -0.25)
    // A uniform variable over ±b has the variance b²/3; four standard errors are about 0.0004.
    #expect(try abs(uniform.variance([0]).item() - 0.0625 / 3) < 0.0005)
    let normal = try take(source, "normal", [20_000], .normal(0.5))
    #expect(try abs(normal.variance([0]).item() - 0.25) < 0.011)
    #expect(try abs(normal.mean().item()) < 0.015)
    #expect(try take(source, "no inputs", [2], .uniform(fanIn: 0)).maximum().item() <= 1)
    #expect(Set(source.drawn.keys) == ["zeros", "ones", "uniform", "normal", "no inputs"])
    #expect(source.drawn["normal"]?.sharesMemory(with: normal) == true)
  }

  @Test func oneSeedGivesTheSameParameters() throws {
    func draw(_ seed: UInt64) throws -> [Float] {
      try take(ParameterInitialiser(seed: seed), "w", [32], .normal(1)).floats()
    }
    #expect(try draw(5) == draw(5))
    #expect(try draw(5) != draw(6))
  }
}
