import Checkpoints
import TestSupport
import Testing
import Torch

@testable import Quality

struct FIDTests {
  init() throws { try useOneThread() }

  @Test func equalSetsHaveNoDistance() throws {
    let features = try Tensor.randn([12, 6], generator: Generator(seed: 1), dtype: .float64)
    #expect(abs(try FID.distance(features, features)) < 1e-9)
  }

  /// Independent features: the distance is the sum over them of (μ - ν)² + (σ - τ)².
  @Test func normalDistributionsApart() throws {
    // Columns of mean 0 and no correlation, with sample variances of 4 / 3.
    let base = try Tensor([1, 1, 1, -1, -1, 1, -1, -1] as [Double], [4, 2])
    let other = try base * Tensor([2, 3] as [Double]) + Tensor([0.5, -2] as [Double])
    let deviation = (4.0 / 3).squareRoot()
    let expected = 0.25 + 4 + deviation * deviation * (1 + 4)
    #expect(abs(try FID.distance(base, other) - expected) < 1e-9)
  }

  /// Fewer pictures than features: the covariances are singular, as in most sets of papers.
  @Test func singularCovariancesAreFine() throws {
    let generator = try Generator(seed: 3)
    let x = try Tensor.randn([5, 20], generator: generator, dtype: .float64)
    let y = try Tensor.randn([7, 20], generator: generator, dtype: .float64)
    let there = try FID.distance(x, y)
    let back = try FID.distance(y, x)
    #expect(there > 0 && abs(there - back) < 1e-6)
  }

  @Test func needsTwoPicturesEach() throws {
    let error = #expect(throws: QualityError.self) {
      try FID.distance(Tensor.zeros([1, 4]), Tensor.zeros([3, 4]))
    }
    #expect(error?.message == "measuring fid of 1 and 3 pictures: each set needs at least two")
  }

  @Test func theNetworkIsInceptionV3() throws {
    let recorder = ParameterRecorder()
    _ = try InceptionNetwork(ParameterLoader(recorder).root)
    let learned = recorder.shapes.filter { !$0.key.contains("running_") }
    // torchvision's network without its classifiers, whose layers are the same.
    #expect(learned.values.reduce(0) { $0 + $1.reduce(1, *) } == 21_785_568)
    #expect(recorder.shapes.count == 94 * 5)
    #expect(recorder.shapes["Mixed_7c.branch3x3dbl_3b.conv.weight"] == [384, 384, 3, 1])
    #expect(FID.hasNoUse("fc.weight") && !FID.hasNoUse("Mixed_5b.branch1x1.conv.weight"))
  }

  @Test func featuresAreOfAnySize() throws {
    let fid = try FID(ParameterLoader(try ParameterInitialiser(seed: 6)).root)
    let image = try Tensor.rand([1, 3, 40, 64], generator: Generator(seed: 7))
    let features = try withoutGradient { try fid.features(image) }
    #expect(features.shape == [1, 2048] && features.dtype == .float64)
    #expect(try features.isFinite().all().item() == 1)
  }

  /// Distances with 60 digits: more features than pictures, features that follow from others, features of unequal size.
  @Test(arguments: ["full", "few", "tied", "tied-both", "scales"]) func distancesAreExact(name: String) throws {
    let file = try SafetensorsFile(path: Fixture.path("Quality/frechet.safetensors"))
    let (x, y) = (try file.tensor("in/\(name).x"), try file.tensor("in/\(name).y"))
    let expected = try file.tensor("out/\(name)").item()
    for found in [try FID.distance(x, y), try FID.distance(y, x)] {
      // Eigenvalues of 0 are known to 1e-16 of the largest, so their roots to 1e-8.
      #expect(abs(found - expected) < 1e-7 * expected, "\(name): \(found) and \(expected)")
    }
  }

  /// Resize and network beside Pillow's bicubic and torchvision's Inception with FID's pools.
  @Test func featuresAreThoseOfInception() throws {
    let file = try SafetensorsFile(path: Fixture.path("Quality/inception.safetensors"))
    let fid = try FID(ParameterLoader(WaveSource()).root)
    let features = try withoutGradient { try fid.features(file.tensor("in/image")) }
    let expected = try file.tensor("out/features")
    #expect(try Difference(features, expected, absolute: 2e-5, relative: 1e-4).isClose)
    #expect(try expected.greater(0.05).to(.float64).mean().item() > 0.3)
  }
}

/// The parameters of `make-inception.py`, which both sides compute from their keys.
private struct WaveSource: ParameterSource {
  let name = "waves"
  let keys: Set<String> = []

  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let count = request.shape.reduce(1, *)
    let phase = Double(key.utf8.enumerated().reduce(0) { $0 + ($1.offset + 1) * Int($1.element) } % 1009)
    let places = try Tensor.arange(0, Double(count), dtype: .float64)
    let wave = try (places * (1 + phase / 1009) + phase).sin().reshaped(request.shape)
    let scaled =
      if key.hasSuffix("conv.weight") {
        try wave * (4 / Double(count / request.shape[0])).squareRoot()
      } else if key.hasSuffix("running_var") || key.hasSuffix("bn.weight") {
        try wave / 4 + 1
      } else {
        try wave / 4
      }
    return try scaled.to(.float32)
  }
}
