import Checkpoints
import Layers
import Priors
import Testing
import Torch

struct BlockTests {
  @Test func residualBlockAddsTimeBetweenItsConvolutions() throws {
    let source = try RandomSource()
    let block = try ResnetBlock2D(
      ParameterLoader(source).root / "r", in: 4, out: 6, timeChannels: 5, groups: 2, epsilon: 1e-3)
    let draws = try Draws()
    let (x, time) = (try draws.normal([2, 4, 5, 3]), try draws.normal([2, 5]))
    func norm(_ x: Tensor, _ name: String) throws -> Tensor {
      try x.groupNorm(2, weight: source("r.\(name).weight"), bias: source("r.\(name).bias"), epsilon: 1e-3).silu()
    }
    func conv(_ x: Tensor, _ name: String, padding: Int = 1) throws -> Tensor {
      try x.conv2d(source("r.\(name).weight"), bias: source("r.\(name).bias"), padding: padding)
    }
    let shift = try time.linear(source("r.time_emb_proj.weight"), bias: source("r.time_emb_proj.bias"))
    var h = try conv(norm(x, "norm1"), "conv1")
    h = try h + shift.reshaped([2, 6, 1, 1])
    h = try conv(norm(h, "norm2"), "conv2")
    let expected = try conv(x, "conv_shortcut", padding: 0) + h
    let before = try (floats(x), floats(time))
    try inEveryMode { () throws in #expect(try isClose(block(x, time: time), expected)) }
    #expect(try floats(x) == before.0 && floats(time) == before.1)
  }

  @Test(arguments: [(4, 4, 5), (4, 6, 5), (4, 4, nil)] as [(Int, Int, Int?)])
  func residualBlockAsksForWhatItNeeds(inputs: Int, outputs: Int, time: Int?) throws {
    let recorder = ParameterRecorder()
    _ = try ResnetBlock2D(
      ParameterLoader(recorder).root, in: inputs, out: outputs, timeChannels: time, groups: 2, epsilon: 1e-5)
    #expect((recorder.shapes["conv_shortcut.weight"] != nil) == (inputs != outputs))
    #expect((recorder.shapes["time_emb_proj.weight"] != nil) == (time != nil))
    #expect(recorder.shapes["conv1.weight"] == [outputs, inputs, 3, 3])
  }

  @Test func downsamplersHalve() throws {
    let path = ParameterLoader(try RandomSource()).root
    let draws = try Draws()
    // Every side padded: up. Only the end padded, as in autoencoders: down.
    for (size, all, end) in [(8, 4, 4), (7, 4, 3), (5, 3, 2), (2, 1, 1)] {
      let x = try draws.normal([1, 2, size, 6])
      #expect(try Downsample2D(path / "a", channels: 2)(x).shape == [1, 2, all, 3])
      #expect(try Downsample2D(path / "b", channels: 2, padsEnd: true)(x).shape == [1, 2, end, 3])
    }
  }

  @Test func downsamplerPadsTheEndWithZeros() throws {
    let source = try RandomSource()
    let block = try Downsample2D(ParameterLoader(source).root / "d", channels: 2, padsEnd: true)
    let x = try Draws().normal([1, 2, 6, 4])
    let padded = try x.padded(right: 1, bottom: 1)
    #expect(
      try isClose(block(x), padded.conv2d(source("d.conv.weight"), bias: source("d.conv.bias"), stride: 2)))
  }

  @Test func upsamplerMeetsTheSizeOfTheSkip() throws {
    let source = try RandomSource()
    let block = try Upsample2D(ParameterLoader(source).root / "u", channels: 2)
    let x = try Draws().normal([1, 2, 3, 2])
    #expect(try block(x).shape == [1, 2, 6, 4])
    // Each pixel of 5x3 lies over the pixel at the whole part of its place times 3/5 and 2/3.
    let rows = try x.indexSelected(2, Tensor([0, 0, 1, 1, 2]))
    let nearest = try rows.indexSelected(3, Tensor([0, 0, 1]))
    let expected = try nearest.conv2d(source("u.conv.weight"), bias: source("u.conv.bias"), padding: 1)
    try inEveryMode { () throws in #expect(try isClose(block(x, height: 5, width: 3), expected)) }
  }

  @Test func transformerOfManyBlocksKeepsTheMap() throws {
    let recorder = ParameterRecorder()
    _ = try Transformer2D(
      ParameterLoader(recorder).root, width: 8, contextWidth: 6, heads: 2, depth: 3, groups: 4)
    // 26 tensors with one block; each block has 20.
    #expect(recorder.shapes.count == 6 + 3 * 20)
    let transformer = try Transformer2D(
      ParameterLoader(try RandomSource()).root, width: 8, contextWidth: 6, heads: 2, depth: 2, groups: 4)
    let draws = try Draws()
    let x = try draws.normal([2, 8, 3, 5])
    let context = Context(try draws.normal([2, 4, 6]))
    let found = try transformer(x, context: context)
    #expect(found.shape == x.shape)
    let before = try floats(x)
    try inEveryMode { () throws in
      #expect(try isClose(transformer(x, context: context), found))
      #expect(try isClose(transformer(x.contiguous(.channelsLast), context: context), found))
    }
    #expect(try floats(x) == before)
  }

  @Test func transformerWithoutContextSaysSo() throws {
    // With tokens as wide as the features, looking at the features themselves would go unnoticed.
    let transformer = try Transformer2D(
      ParameterLoader(try RandomSource()).root, width: 8, contextWidth: 8, heads: 2, depth: 1, groups: 4)
    let x = try Draws().normal([1, 8, 2, 2])
    let error = #expect(throws: TorchError.self) { try transformer(x, context: nil) }
    #expect(error?.message == "a transformer with cross-attention was given no context; pass the text tokens")
  }
}
