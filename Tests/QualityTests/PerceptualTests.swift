import Checkpoints
import TestSupport
import Testing
import Torch

@testable import Quality

/// LPIPS and DISTS; LPIPS's numbers stand in the fixtures that parity runs.
struct PerceptualTests {
  init() throws { try useOneThread() }

  private static let channels = [4, 6, 8, 8, 8]

  private func lpips(_ trunk: LPIPS.Trunk) throws -> LPIPS {
    let path = ParameterLoader(try ParameterInitialiser(seed: 5)).root
    return try LPIPS(trunk, trunk: path, heads: path, channels: Self.channels)
  }

  private func dists() throws -> DISTS {
    let path = ParameterLoader(try ParameterInitialiser(seed: 5)).root
    return try DISTS(trunk: path, weights: path, channels: Self.channels)
  }

  private func pair(_ height: Int, _ width: Int) throws -> (Tensor, Tensor) {
    let generator = try Generator(seed: 9)
    return (
      try .rand([2, 3, height, width], generator: generator), try .rand([2, 3, height, width], generator: generator)
    )
  }

  @Test func equalPicturesHaveNoDistance() throws {
    let (image, _) = try pair(64, 48)
    for metric in [try lpips(.alex), try lpips(.vgg), try dists()] as [any FullReferenceMetric] {
      for score in try metric.score(image, reference_BCHW: image) { #expect(abs(score) < 1e-9) }
      #expect(!metric.higherIsBetter)
    }
  }

  /// What trainings follow is what is measured, and it has a gradient where pictures are equal, too.
  @Test(arguments: LPIPS.Trunk.allCases) func theDistanceHasAGradient(trunk: LPIPS.Trunk) throws {
    let (image, other) = try pair(64, 48)
    let metric = try lpips(trunk)
    let scores = try metric.score(image, reference_BCHW: other)
    for (a, b) in zip(try metric.distance(image, reference_BCHW: other).doubles(), scores) {
      #expect(abs(a - b) <= 1e-5 * b)
    }
    let leaf = try image.cloned().requiresGradient(true)
    let distance = try metric.distance(leaf, reference_BCHW: other).mean()
    let gradient = try #require(try gradients(of: [distance], withRespectTo: [leaf])[0])
    #expect(try gradient.isFinite().all().item() == 1 && gradient.abs().sum().item() > 0)
    // A step against it makes the pictures more alike.
    let moved = try image - gradient * (0.01 / gradient.abs().mean().item())
    #expect(try metric.distance(moved, reference_BCHW: other).mean().item() < distance.item())
    let none = try metric.distance(leaf, reference_BCHW: image).mean()
    #expect(try gradients(of: [none], withRespectTo: [leaf])[0]?.isFinite().all().item() == 1)
  }

  @Test func theOrderOfAPairDoesNotMatter() throws {
    let (image, other) = try pair(64, 48)
    for metric in [try lpips(.alex), try lpips(.vgg), try dists()] as [any FullReferenceMetric] {
      let there = try metric.score(image, reference_BCHW: other)
      let back = try metric.score(other, reference_BCHW: image)
      #expect(zip(there, back).allSatisfy { abs($0 - $1) < 1e-6 } && abs(there[0]) > 1e-5)
    }
  }

  @Test(arguments: [(300, 70), (289, 64), (271, 33)]) func stripsDoNotChangeTheResult(height: Int, width: Int) throws {
    let (image, other) = try pair(height, width)
    for trunk in LPIPS.Trunk.allCases {
      var metric = try lpips(trunk)
      let whole = try metric.layers(image, reference_BCHW: other)
      metric.strips = PictureStrips(pixelCount: width * 48)
      let cut = try metric.layers(image, reference_BCHW: other)
      // Deep features of random weights hardly differ: some stages are 1e-12, of which float32 keeps three digits.
      for (a, b) in zip(whole.joined(), cut.joined()) { #expect(abs(a - b) <= 1e-5 * abs(a) + 1e-14, "\(trunk)") }
    }
    var metric = try dists()
    let whole = try metric.score(image, reference_BCHW: other)
    metric.strips = PictureStrips(pixelCount: width * 48)
    let cut = try metric.score(image, reference_BCHW: other)
    for (a, b) in zip(whole, cut) { #expect(abs(a - b) <= 1e-5 * abs(a)) }
  }

  /// DISTS by its definition, of the first entry alone: the picture itself, where no network takes part.
  @Test func distsComparesMeansAndStructure() throws {
    let count = 3 + Self.channels.reduce(0, +)
    var tensors = [
      "alpha": try Tensor.zeros([1, count, 1, 1]), "beta": try Tensor.zeros([1, count, 1, 1]),
    ]
    try tensors["alpha"]?.narrowed(1, from: 0, length: 1).copy(inPlace: Tensor([1] as [Float], [1, 1, 1, 1]))
    try tensors["beta"]?.narrowed(1, from: 0, length: 1).copy(inPlace: Tensor([3] as [Float], [1, 1, 1, 1]))
    let metric = try DISTS(
      trunk: ParameterLoader(try ParameterInitialiser(seed: 5)).root,
      weights: ParameterLoader(ParameterDictionary(tensors)).root, channels: Self.channels)
    // Means 0.5 and 0.25, deviations 0.5 and 0.25, perfectly correlated.
    let image = try Tensor([0, 1] as [Float], [1, 1, 1, 2]).repeated([1, 3, 32, 16])
    let other = try image / 2
    let (means, structure) = (2 * 0.5 * 0.25 / (0.25 + 0.0625), 2 * 0.125 / (0.25 + 0.0625))
    let expected = 1 - (means + 3 * structure) / 4
    #expect(abs(try metric.score(image, reference_BCHW: other)[0] - expected) < 1e-5)
  }

  @Test func aPairOnTheScaleOfBytesIsTheSame() throws {
    let (image, other) = try pair(40, 40)
    let bytes = try (image * 255).round().to(.uint8)
    let metric = try lpips(.vgg)
    let first = try metric.score(bytes, reference_BCHW: other)
    let second = try metric.score(bytes.to(.float32) / 255, reference_BCHW: other)
    #expect(first == second)
  }

  @Test func layoutsAreThePublishedOnes() throws {
    for (trunk, parameters) in [(LPIPS.Trunk.alex, 2_469_696), (.vgg, 14_714_688)] {
      let (network, heads) = (ParameterRecorder(), ParameterRecorder())
      _ = try LPIPS(trunk, trunk: ParameterLoader(network).root, heads: ParameterLoader(heads).root)
      #expect(network.shapes.values.reduce(0) { $0 + $1.reduce(1, *) } == parameters)
      #expect(heads.shapes.keys.sorted() == (0..<5).map { "lin\($0).model.1.weight" })
    }
    let recorder = ParameterRecorder()
    let path = ParameterLoader(recorder).root
    _ = try DISTS(trunk: path, weights: path)
    #expect(recorder.shapes["alpha"] == [1, 1475, 1, 1] && recorder.shapes["features.28.weight"] == [512, 512, 3, 3])
  }

  @Test func explainsWhatItCannotMeasure() throws {
    let small = #expect(throws: QualityError.self) {
      try lpips(.alex).score(Tensor.zeros([1, 3, 30, 64]), reference_BCHW: Tensor.zeros([1, 3, 30, 64]))
    }
    #expect(small?.message == "measuring lpips-alex of 64x30 pixels: it needs at least 31x31")
    let shapes = #expect(throws: QualityError.self) {
      try dists().score(Tensor.zeros([1, 3, 32, 64]), reference_BCHW: Tensor.zeros([1, 3, 64, 32]))
    }
    #expect(
      shapes?.message
        == "measuring dists of tensors of shape [1, 3, 32, 64] and [1, 3, 64, 32]: both must be the same B3HW")
  }
}
