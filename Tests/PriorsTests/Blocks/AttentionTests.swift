import Checkpoints
import Foundation
import Priors
import Testing
import Torch

struct AttentionTests {
  /// Attention written out: softmax of scaled products, head by head.
  private func plain(
    _ source: RandomSource, _ queries: Tensor, _ tokens: Tensor, heads: Int
  ) throws -> Tensor {
    let (query, key, value) = (
      try queries.linear(source("a.to_q.weight")), try tokens.linear(source("a.to_k.weight")),
      try tokens.linear(source("a.to_v.weight"))
    )
    let width = query.size(2) / heads
    let mixed = try (0..<heads).map { head in
      let (q, k, v) = (
        try query.narrowed(2, from: head * width, length: width),
        try key.narrowed(2, from: head * width, length: width),
        try value.narrowed(2, from: head * width, length: width)
      )
      let scores = try q.matmul(k.transposed(1, 2)) * (1 / Double(width).squareRoot())
      return try scores.softmax(-1).matmul(v)
    }
    return try Tensor.concatenated(mixed, axis: 2).linear(source("a.to_out.0.weight"), bias: source("a.to_out.0.bias"))
  }

  @Test(arguments: [1, 2, 4])
  func looksAtItsOwnTokens(heads: Int) throws {
    let source = try RandomSource()
    let layer = try Attention(ParameterLoader(source).root / "a", width: 8, heads: heads)
    #expect(source.tensors.count == 5)
    let x = try Draws().normal([2, 7, 8])
    let expected = try plain(source, x, x, heads: heads)
    let before = try floats(x)
    try inEveryMode { () throws in #expect(try isClose(layer(x), expected)) }
    #expect(try floats(x) == before)
  }

  @Test(arguments: [1, 2])
  func looksAtAContext(heads: Int) throws {
    let source = try RandomSource()
    let layer = try Attention(ParameterLoader(source).root / "a", width: 8, contextWidth: 6, heads: heads)
    let draws = try Draws()
    let (x, tokens) = (try draws.normal([2, 7, 8]), try draws.normal([2, 3, 6]))
    #expect(try source("a.to_k.weight").shape == [8, 6])
    let expected = try plain(source, x, tokens, heads: heads)
    try inEveryMode { () throws in #expect(try isClose(layer(x, context: Context(tokens)), expected)) }
  }

  @Test func feedForwardPutsTheValueBeforeTheGate() throws {
    let source = try RandomSource()
    let layer = try GatedFeedForward(ParameterLoader(source).root / "ff", width: 4)
    let x = try Draws().normal([1, 5, 4])
    let inner = try x.linear(source("ff.net.0.proj.weight"), bias: source("ff.net.0.proj.bias"))
    let (value, gate) = (try inner.narrowed(2, from: 0, length: 16), try inner.narrowed(2, from: 16, length: 16))
    // Exact GELU: x Φ(x).
    let gelu = try gate * ((gate * 0.5.squareRoot()).erf() + 1) * 0.5
    let expected = try (value * gelu).linear(source("ff.net.2.weight"), bias: source("ff.net.2.bias"))
    let before = try floats(x)
    try inEveryMode { () throws in #expect(try isClose(layer(x), expected)) }
    #expect(try floats(x) == before)
  }
}

/// Keys and values of a context are made once, and never given to another layer.
struct ContextTests {
  private func layer(_ source: RandomSource) throws -> Attention {
    try Attention(ParameterLoader(source).root / "same.name", width: 8, contextWidth: 6, heads: 2)
  }

  @Test func keysAndValuesAreMadeOnce() throws {
    let source = try RandomSource()
    let attention = try layer(source)
    let draws = try Draws()
    let (x, tokens) = (try draws.normal([1, 4, 8]), try draws.normal([1, 3, 6]))
    let context = Context(tokens)
    try withoutGradient { () throws in
      let before = try floats(attention(x, context: context))
      #expect(try floats(attention(x, context: context)) == before)
      // Other weights show whether keys and values are made again.
      try source("same.name.to_k.weight").multiply(inPlace: 3)
      try source("same.name.to_v.weight").multiply(inPlace: -2)
      #expect(try floats(attention(x, context: context)) == before)
      #expect(try floats(attention(x, context: Context(tokens))) != before)
    }
  }

  @Test func nothingIsKeptWhileGradientsAreRecorded() throws {
    let source = try RandomSource()
    let attention = try layer(source)
    let draws = try Draws()
    let (x, context) = (try draws.normal([1, 4, 8]), Context(try draws.normal([1, 3, 6])))
    let before = try floats(attention(x, context: context))
    try source("same.name.to_v.weight").multiply(inPlace: -2)
    #expect(try floats(attention(x, context: context)) != before)
    // Nor is what was kept before taken: its graph would be missing.
    _ = try withoutGradient { try attention(x, context: context) }
    try source("same.name.to_v.weight").requiresGradient(true)
    let loss = try attention(x, context: context).square().sum()
    let gradient = try gradients(of: [loss], withRespectTo: [source("same.name.to_v.weight")])[0]
    #expect(try #require(gradient).norm().item() > 0)
  }

  @Test func layersOfTheSameNameDoNotMeet() throws {
    let (first, second) = (try layer(RandomSource(seed: 1)), try layer(RandomSource(seed: 2)))
    let draws = try Draws()
    let (x, tokens) = (try draws.normal([1, 4, 8]), try draws.normal([1, 3, 6]))
    try withoutGradient { () throws in
      let shared = Context(tokens)
      let alone = try [first, second].map { try floats($0(x, context: Context(tokens))) }
      #expect(try [first, second].map { try floats($0(x, context: shared)) } == alone)
      #expect(alone[0] != alone[1])
    }
  }

  @Test func tokensOfAnyTypeServeALayerOfAnyType() throws {
    let draws = try Draws()
    let (x, tokens) = (try draws.normal([1, 4, 8]), try draws.normal([1, 3, 6]))
    let source = try RandomSource()
    let wide = try layer(source)
    let narrow = try ParameterLoader.load(ParameterDictionary(source.tensors), component: "attention", dtype: .bfloat16)
    {
      try Attention($0 / "same.name", width: 8, contextWidth: 6, heads: 2)
    }
    try withoutGradient { () throws in
      let context = Context(tokens)
      let expected = try wide(x, context: context)
      let found = try narrow(x.to(.bfloat16), context: context)
      #expect(found.dtype == .bfloat16)
      #expect(try relativeError(found, expected) < 0.05)
    }
  }
}
