import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

/// Layers against the operators they stand for, and the contracts of their parameters.
struct LayerTests {
  private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5) throws -> Bool {
    try Difference(a, b, absolute: tolerance, relative: tolerance).isClose
  }

  /// Random parameters of the given shapes, and a cursor over them.
  private func parameters(_ shapes: [String: [Int]]) throws -> (tensors: [String: Tensor], path: ParameterPath) {
    let generator = try Generator(seed: 7)
    var tensors: [String: Tensor] = [:]
    for key in shapes.keys.sorted() { tensors[key] = try .randn(shapes[key] ?? [], generator: generator) }
    return (tensors, ParameterLoader(ParameterDictionary(tensors)).root)
  }

  init() throws { try useOneThread() }

  /// Runs a body as training does and as inference does, in turn and several times: what a layer keeps of its first passes
  /// must serve the later ones, and both ways must answer the same.
  private func inEveryMode(_ body: () throws -> Void) throws {
    for _ in 0..<3 {
      try withGradient { () throws in try body() }
      try withoutGradient { () throws in try body() }
    }
  }

  private func random(_ shape: [Int]) throws -> Tensor { try .randn(shape, generator: try Generator(seed: 8)) }

  // MARK: Numbers

  @Test(arguments: [true, false])
  func linearIsAMatrixProduct(bias: Bool) throws {
    let shapes = bias ? ["l.weight": [5, 3], "l.bias": [5]] : ["l.weight": [5, 3]]
    let (tensors, path) = try parameters(shapes)
    let x = try random([2, 4, 3])
    let weight = try #require(tensors["l.weight"])
    var expected = try x.matmul(weight.transposed(0, 1))
    if let b = tensors["l.bias"] { expected = try expected + b }
    let layer = try Linear(path / "l", in: 3, out: 5, bias: bias)
    try inEveryMode { () throws in #expect(try close(layer(x), expected)) }
  }

  /// In int8 with a scale for each output, a layer is the one of its restored weight.
  @Test(arguments: [DType.float32, .bfloat16])
  func anInt8LinearLayerIsThatOfTheRestoredWeight(dtype: DType) throws {
    let dense = try random([5, 24])
    let (numbers, scale) = try RowQuantisation.quantised(dense)
    let bias = try random([5])
    let source = ParameterDictionary(["l.weight": numbers, "l.weight_scale": scale, "l.bias": bias])
    let layer = try ParameterLoader.load(source, component: "it", dtype: dtype) {
      try Linear($0 / "l", in: 24, out: 5)
    }
    #expect(layer.dtype == dtype && layer.weight.dtype == .int8)
    let restored = try RowQuantisation.restored(numbers, scale: scale.to(dtype))
    let x = try random([2, 3, 24]).to(dtype)
    let tolerance = dtype == .float32 ? 1e-5 : 0.05
    try inEveryMode { () throws in
      #expect(try close(layer(x), x.linear(restored, bias: bias.to(dtype)), tolerance))
      #expect(try close(layer.withTanhGELU(x), layer(x).gelu(approximate: true), tolerance))
      #expect(try close(layer.narrowed(1..<3)(x), layer(x).narrowed(2, from: 1, length: 2), tolerance))
    }
    // It is not the layer of the weight itself.
    #expect(try !close(layer(x), x.linear(dense.to(dtype), bias: bias.to(dtype)), 1e-5))
  }

  @Test func gradientsGoThroughAnInt8Layer() throws {
    let (numbers, scale) = try RowQuantisation.quantised(random([5, 24]))
    let path = ParameterLoader(ParameterDictionary(["weight": numbers, "weight_scale": scale])).root
    let layer = try Linear(path, in: 24, out: 5, bias: false)
    let x = try random([2, 24]).requiresGradient(true)
    let found = try withGradient { () throws in try gradients(of: [layer(x).sum()], withRespectTo: [x]) }
    let expected = try RowQuantisation.restored(numbers, scale: scale).sum([0], keepingAxes: true).expanded([2, 24])
    #expect(try close(#require(found[0]), expected))
  }

  @Test func anInt8WeightWithoutScalesIsNoWeight() throws {
    let source = ParameterDictionary(["weight": try .zeros([5, 24], dtype: .int8)], name: "it")
    let error = #expect(throws: CheckpointError.self) {
      try ParameterLoader.load(source, component: "a layer") { try Linear($0, in: 24, out: 5, bias: false) }
    }
    #expect(error?.message.hasPrefix("loading a layer from it: missing: weight_scale.") == true)
  }

  /// What oneDNN does in one go is what two operators do.
  @Test(arguments: [true, false])
  func aLinearLayerActivatesItsResults(bias: Bool) throws {
    let shapes = bias ? ["l.weight": [40, 24], "l.bias": [40]] : ["l.weight": [40, 24]]
    let (_, path) = try parameters(shapes)
    let x = try random([2, 7, 24])
    let layer = try Linear(path / "l", in: 24, out: 40, bias: bias)
    let expected = try layer(x).gelu(approximate: true)
    // The exact function is up to 5e-4 away: it must not be taken for this one.
    #expect(try !close(layer(x).gelu(), expected, 2e-5))
    try inEveryMode { () throws in #expect(try close(layer.withTanhGELU(x), expected, 2e-5)) }
  }

  @Test func rmsNormDividesByTheRootMeanSquare() throws {
    let (tensors, path) = try parameters(["n.weight": [5]])
    let x = try random([2, 3, 5])
    let root = try (try x.square().mean([-1], keepingAxes: true) + 1e-6).sqrt()
    let expected = try x / root * (try #require(tensors["n.weight"]))
    let norm = try RMSNorm(path / "n", width: 5)
    try inEveryMode { () throws in #expect(try close(norm(x), expected)) }
    // Statistics are taken in float32 whatever comes in: squares of these overflow in shorter types' precision.
    let halves = ParameterLoader(ParameterDictionary(["weight": try .ones([5], dtype: .bfloat16)]))
    let found = try RMSNorm(halves.root, width: 5)(try Tensor.full([1, 5], 300, dtype: .bfloat16))
    #expect(found.dtype == .bfloat16)
    #expect(try found.floats() == [1, 1, 1, 1, 1])
  }

  struct Convolution: CustomTestStringConvertible, Sendable {
    var size = 3
    var stride = 1
    var padding: Int?
    var groups = 1
    var bias = true
    var testDescription: String {
      "size \(size) stride \(stride) padding \(padding ?? -1) groups \(groups) bias \(bias)"
    }
  }

  static let convolutions = [
    Convolution(), Convolution(size: 1), Convolution(stride: 2), Convolution(stride: 2, padding: 0),
    Convolution(groups: 2), Convolution(size: 5, padding: 1, bias: false),
  ]

  @Test(arguments: convolutions)
  func convolutionGivesTheNumbersOfTheOperator(_ form: Convolution) throws {
    let (tensors, path) = try parameters(["c.weight": [8, 6 / form.groups, form.size, form.size], "c.bias": [8]])
    let layer = try Conv2d(
      path / "c", in: 6, out: 8, size: form.size, stride: form.stride, padding: form.padding, groups: form.groups,
      bias: form.bias)
    let weight = try #require(tensors["c.weight"])
    let x = try random([2, 6, 9, 7])
    let expected = try x.conv2d(
      weight, bias: form.bias ? tensors["c.bias"] : nil, stride: form.stride, padding: form.padding ?? form.size / 2,
      groups: form.groups)
    // The stored weight is in channels_last order; inputs of either order must not notice.
    #expect(try layer.weight().isChannelsLast)
    try inEveryMode { () throws in
      #expect(try close(layer(x), expected, 2e-5))
      #expect(try close(layer(x.contiguous(.channelsLast)), expected, 2e-5))
    }
    #expect(try layer.weight().floats() == weight.floats())
  }

  @Test func shortTypesStayNear() throws {
    let (tensors, _) = try parameters(["c.weight": [8, 6, 3, 3], "c.bias": [8], "l.weight": [5, 6], "l.bias": [5]])
    let path = ParameterLoader(ParameterDictionary(tensors), dtype: .bfloat16).root
    let (linear, convolution) = (try Linear(path / "l", in: 6, out: 5), try Conv2d(path / "c", in: 6, out: 8))
    let (row, map) = (try random([4, 6]), try random([1, 6, 5, 5]))
    let expected = [
      try row.linear(#require(tensors["l.weight"]), bias: tensors["l.bias"]),
      try map.conv2d(#require(tensors["c.weight"]), bias: tensors["c.bias"], padding: 1),
    ]
    try inEveryMode { () throws in
      for (found, wanted) in zip([try linear(row.to(.bfloat16)), try convolution(map.to(.bfloat16))], expected) {
        #expect(found.dtype == .bfloat16)
        // Eight bits of each factor and of the sum.
        #expect(try (found.to(.float32) - wanted).norm().item() / wanted.norm().item() < 0.01)
      }
    }
  }

  @Test func convolutionKeepsThePictureSizeUnlessTold() throws {
    let (_, path) = try parameters(["c.weight": [4, 4, 3, 3], "c.bias": [4]])
    #expect(try Conv2d(path / "c", in: 4, out: 4)(random([1, 4, 5, 8])).shape == [1, 4, 5, 8])
    #expect(try Conv2d(path / "c", in: 4, out: 4, stride: 2)(random([1, 4, 5, 8])).shape == [1, 4, 3, 4])
    #expect(try Conv2d(path / "c", in: 4, out: 4, padding: 0)(random([1, 4, 5, 8])).shape == [1, 4, 3, 6])
  }

  @Test func groupNormIsItsDefinition() throws {
    let (tensors, path) = try parameters(["n.weight": [6], "n.bias": [6]])
    let x = try random([2, 6, 4, 5]) * 3 + 1
    let groups = try x.reshaped([2, 3, 2 * 20])
    let centred = try groups - groups.mean([2], keepingAxes: true)
    let deviation = try (try groups.variance([2], correction: 0, keepingAxes: true) + 0.1).sqrt()
    func perChannel(_ key: String) throws -> Tensor { try #require(tensors[key]).reshaped([1, 6, 1, 1]) }
    let expected = try (centred / deviation).reshaped([2, 6, 4, 5]) * perChannel("n.weight") + perChannel("n.bias")
    let layer = try GroupNorm(path / "n", groups: 3, channels: 6, epsilon: 0.1)
    #expect(try close(layer(x), expected))
    #expect(try close(layer(x.contiguous(.channelsLast)), expected))
  }

  @Test func layerNormIsItsDefinition() throws {
    let (tensors, path) = try parameters(["n.weight": [6], "n.bias": [6]])
    let x = try random([2, 4, 6]) * 3 + 1
    for epsilon in [1e-5, 0.2] {
      let centred = try x - x.mean([2], keepingAxes: true)
      let deviation = try (try x.variance([2], correction: 0, keepingAxes: true) + epsilon).sqrt()
      let expected = try centred / deviation * #require(tensors["n.weight"]) + #require(tensors["n.bias"])
      #expect(try close(LayerNorm(path / "n", width: 6, epsilon: epsilon)(x), expected))
    }
    #expect(try close(LayerNorm(path / "n", width: 6)(x), LayerNorm(path / "n", width: 6, epsilon: 1e-5)(x), 0))
  }

  @Test func rmsNormIsItsDefinition() throws {
    let (tensors, path) = try parameters(["n.weight": [6]])
    let x = try random([2, 4, 6]) * 3 + 1
    for epsilon in [1e-6, 0.2] {
      let size = try (try x.square().mean([2], keepingAxes: true) + epsilon).sqrt()
      let expected = try x / size * #require(tensors["n.weight"])
      #expect(try close(RMSNorm(path / "n", width: 6, epsilon: epsilon)(x), expected))
    }
    #expect(try close(RMSNorm(path / "n", width: 6)(x), RMSNorm(path / "n", width: 6, epsilon: 1e-6)(x), 0))
  }

  /// A thousand squares of 16 are more than float16 has; in bfloat16, a sum of ones would stop at 256.
  @Test(arguments: [DType.float16, .bfloat16]) func rmsNormSumsInFloat32(dtype: DType) throws {
    let path = ParameterLoader(ParameterDictionary(["weight": try .ones([8192], dtype: dtype)])).root
    let x = try Tensor.full([1, 8192], 16, dtype: dtype)
    let y = try RMSNorm(path, width: 8192)(x)
    #expect(y.dtype == dtype)
    #expect(try y.floats().allSatisfy { $0 == 1 })
  }

  // MARK: Parameters

  @Test func newLayersBeginAsTheyShould() throws {
    let source = try ParameterInitialiser(seed: 3)
    let path = ParameterLoader(source).root
    _ = try Linear(path / "linear", in: 16, out: 64)
    _ = try Conv2d(path / "conv", in: 8, out: 32, size: 3, groups: 2)
    _ = try GroupNorm(path / "group", groups: 2, channels: 4, epsilon: 1e-5)
    _ = try LayerNorm(path / "layer", width: 4)
    func drawn(_ key: String) throws -> [Float] { try #require(source.drawn[key]).floats() }
    // Even within ±1/√fanIn: no further, and nearly as far.
    for (key, bound) in [
      ("linear.weight", 0.25), ("linear.bias", 0.25), ("conv.weight", 1.0 / 6), ("conv.bias", 1.0 / 6),
    ] {
      let largest = try drawn(key).map { Double(abs($0)) }.max() ?? 0
      #expect(largest <= bound + 1e-7 && largest > 0.85 * bound, "\(key): \(largest)")
    }
    #expect(try drawn("group.weight") + drawn("layer.weight") == [Float](repeating: 1, count: 8))
    #expect(try drawn("group.bias") + drawn("layer.bias") == [Float](repeating: 0, count: 8))
  }

  @Test func layersThatStartAsZeroAnswerZero() throws {
    let path = ParameterLoader(try ParameterInitialiser(seed: 3)).root
    let answers = [
      try Linear(path / "linear", in: 4, out: 5, zero: true)(random([3, 4])),
      try Conv2d(path / "conv", in: 4, out: 5, size: 1, zero: true)(random([1, 4, 3, 3])),
    ]
    for answer in answers { #expect(try answer.floats().allSatisfy { $0 == 0 }) }
  }

  @Test func shapesAskedForAreRecorded() throws {
    let recorder = ParameterRecorder()
    let path = ParameterLoader(recorder).root / "a"
    _ = try Linear(path / "linear", in: 3, out: 5)
    _ = try Linear(path / "plain", in: 3, out: 5, bias: false)
    _ = try Conv2d(path / "conv" / 0, in: 6, out: 4, size: 5, groups: 3)
    _ = try Conv2d(path / "bare", in: 6, out: 4, bias: false)
    _ = try GroupNorm(path / "group", groups: 2, channels: 8, epsilon: 1e-5)
    _ = try LayerNorm(path / "layer", width: 7)
    #expect(
      recorder.shapes == [
        "a.linear.weight": [5, 3], "a.linear.bias": [5], "a.plain.weight": [5, 3], "a.conv.0.weight": [4, 2, 5, 5],
        "a.conv.0.bias": [4], "a.bare.weight": [4, 6, 3, 3], "a.group.weight": [8], "a.group.bias": [8],
        "a.layer.weight": [7], "a.layer.bias": [7],
      ])
  }

  @Test func parametersThatRecordGradientsGetThem() throws {
    let (tensors, _) = try parameters(["c.weight": [4, 6, 3, 3], "c.bias": [4]])
    let weight = try #require(tensors["c.weight"]).requiresGradient(true)
    let bias = try #require(tensors["c.bias"]).requiresGradient(true)
    let x = try random([2, 6, 5, 4])
    let plain = try gradients(
      of: [x.conv2d(weight, bias: bias, padding: 1).square().sum()], withRespectTo: [weight, bias])
    let layer = try Conv2d(ParameterLoader(ParameterDictionary(tensors)).root / "c", in: 6, out: 4)
    let found = try gradients(
      of: [layer(x.contiguous(.channelsLast)).square().sum()], withRespectTo: [weight, bias])
    for (a, b) in zip(found, plain) {
      let (a, b) = (try #require(a), try #require(b))
      #expect(try Difference(a, b, absolute: 1e-4, relative: 1e-4).isClose)
    }
  }
}
