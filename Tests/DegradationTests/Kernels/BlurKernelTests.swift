import Degradation
import Testing
import Torch

@Suite struct BlurKernelTests {
  /// The parameters of the fixture's cases.
  static let cases: [(name: String, kernel: BlurKernel)] = [
    ("iso_7", BlurKernel(.isotropic, side: 7, sigmaX: 0.7, sigmaY: 9.9, angle: 1)),
    ("aniso_7", BlurKernel(.anisotropic, side: 7, sigmaX: 2.8, sigmaY: 0.6, angle: 0.7)),
    ("generalized_iso_7", BlurKernel(.generalizedIsotropic, side: 7, sigmaX: 1.3, beta: 0.6)),
    (
      "generalized_aniso_7",
      BlurKernel(.generalizedAnisotropic, side: 7, sigmaX: 1.1, sigmaY: 2.2, angle: 2.1, beta: 3.5)
    ),
    ("plateau_iso_7", BlurKernel(.plateauIsotropic, side: 7, sigmaX: 1.5, beta: 1.2)),
    ("plateau_aniso_7", BlurKernel(.plateauAnisotropic, side: 7, sigmaX: 2.5, sigmaY: 0.8, angle: -0.9, beta: 0.7)),
    ("sinc_7", BlurKernel(.sinc, side: 7, cutoff: 1.1)),
    ("iso_21", BlurKernel(.isotropic, side: 21, sigmaX: 1.8)),
    ("aniso_21", BlurKernel(.anisotropic, side: 21, sigmaX: 2.2, sigmaY: 1, angle: -0.6)),
    ("generalized_iso_21", BlurKernel(.generalizedIsotropic, side: 21, sigmaX: 2.3, beta: 1.5)),
    (
      "generalized_aniso_21",
      BlurKernel(.generalizedAnisotropic, side: 21, sigmaX: 2.1, sigmaY: 1.7, angle: 1.1, beta: 2.1)
    ),
    ("plateau_iso_21", BlurKernel(.plateauIsotropic, side: 21, sigmaX: 2, beta: 1.9)),
    ("plateau_aniso_21", BlurKernel(.plateauAnisotropic, side: 21, sigmaX: 2, sigmaY: 1.2, angle: 0.1, beta: 1.2)),
    ("sinc_21", BlurKernel(.sinc, side: 21, cutoff: 2.4)),
    ("iso_13", BlurKernel(.isotropic, side: 13, sigmaX: 2.9)),
    ("aniso_13", BlurKernel(.anisotropic, side: 13, sigmaX: 1.6, sigmaY: 1.4, angle: -1.9)),
    ("generalized_iso_13", BlurKernel(.generalizedIsotropic, side: 13, sigmaX: 3.3, beta: 2.4)),
    (
      "generalized_aniso_13",
      BlurKernel(.generalizedAnisotropic, side: 13, sigmaX: 3.1, sigmaY: 1.2, angle: 0.1, beta: 0.7)
    ),
    ("plateau_iso_13", BlurKernel(.plateauIsotropic, side: 13, sigmaX: 2.5, beta: 2.6)),
    ("plateau_aniso_13", BlurKernel(.plateauAnisotropic, side: 13, sigmaX: 1.5, sigmaY: 1.6, angle: 1.1, beta: 1.7)),
    ("sinc_13", BlurKernel(.sinc, side: 13, cutoff: 0.9)),
  ]

  @Test(arguments: cases)
  func answersTheReference(name: String, kernel: BlurKernel) throws {
    let expected = try Reference("degradation-kernels").output(name)
    let found = BlurKernel.padded(try kernel.values(), to: expected.size(0))
    let wanted = try expected.doubles()
    #expect(found.count == wanted.count)
    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-9 + 1e-7 * abs($1) })
    #expect(abs(found.reduce(0, +) - 1) < 1e-12)
  }

  @Test func theFixtureHasNoOtherCase() throws {
    #expect(try Reference("degradation-kernels").outputs == Self.cases.map(\.name).sorted())
  }

  @Test(arguments: [
    (Double.pi / 2, 7, [0.235759, 0.170148, 0.042718, -0.028182]),
    (Double.pi / 3, 21, [0.087758, 0.076266, 0.047673, 0.015901]),
    (Double.pi, 7, [0.802870, 0.145473, -0.054277, 0.030109]),
  ])
  func sincHasItsPublishedValues(cutoff: Double, side: Int, expected: [Double]) throws {
    let values = try BlurKernel(.sinc, side: side, cutoff: cutoff).values()
    let centre = values.count / 2
    #expect(expected.indices.allSatisfy { abs(values[centre + $0] - expected[$0]) < 1e-6 })
  }

  /// Published values of 7x7 kernels with σ 2 and 1, turned by 0.5: [3,3], [3,4], [4,3], [2,4], [4,4], [0,0], [0,6].
  @Test(arguments: [
    (BlurFamily.anisotropic, 1.0, [0.084206, 0.068174, 0.055671, 0.032875, 0.061794, 0.005198, 0.000018]),
    (.generalizedAnisotropic, 0.5, [0.051210, 0.037002, 0.032494, 0.025795, 0.034556, 0.015735, 0.006545]),
    (.generalizedAnisotropic, 3, [0.138762, 0.133631, 0.104514, 0.004976, 0.123252, 0, 0]),
    (.plateauAnisotropic, 1.5, [0.096458, 0.075682, 0.055028, 0.026944, 0.064873, 0.006819, 0.001365]),
    (.isotropic, 1, [0.046702, 0.041214, 0.041214, 0.036371, 0.036371, 0.004922, 0.004922]),
  ])
  func kernelsHaveTheirPublishedValues(family: BlurFamily, beta: Double, expected: [Double]) throws {
    let values = try BlurKernel(family, side: 7, sigmaX: 2, sigmaY: 1, angle: 0.5, beta: beta).values()
    let places = [24, 25, 31, 18, 32, 0, 6]
    for (place, wanted) in zip(places, expected) { #expect(abs(values[place] - wanted) < 1e-6, "\(place)") }
  }

  @Test func profilesAreOpenCVs() throws {
    let sharpening = try GaussianProfile.weights(side: 51)
    #expect(abs(sharpening[25] - 0.04993894) < 1e-8 && abs(sharpening[0] - 0.00037832) < 1e-8)
    // Sides up to 9 have tables of their own.
    #expect(try GaussianProfile.weights(side: 3) == [0.25, 0.5, 0.25])
    #expect(try GaussianProfile.weights(side: 9)[4] == 60.0 / 256)
    #expect(try abs(GaussianProfile.weights(side: 11)[5] - 51.34474605 / 256) < 1e-9)
    for side in [1, 3, 5, 7, 9, 11, 51] {
      #expect(try abs(GaussianProfile.weights(side: side).reduce(0, +) - 1) < 1e-12)
    }
    let error = #expect(throws: DegradationError.self) { try GaussianProfile.weights(side: 4, sigma: 1) }
    #expect(
      error?.message == "making a Gaussian of 4 weights with sigma 1.0: the number must be odd, sigma at least 0")
  }

  @Test func roundGaussianIsTheProductOfItsProfile() throws {
    let kernel = BlurKernel.gaussian(2)
    let profile = try #require(try kernel.profile())
    let values = try kernel.values()
    #expect(values.indices.allSatisfy { abs(values[$0] - profile[$0 / 21] * profile[$0 % 21]) < 1e-15 })
    #expect(abs(profile[10] - 0.19947116) < 1e-8 && abs(profile[12] - 0.12098538) < 1e-8)
    #expect(try BlurKernel(.anisotropic, side: 7).profile() == nil)
    let image = try speckle(width: 40, height: 26)
    #expect(distance(try image.blurred(kernel), try image.filtered(values)) < 1e-5)
  }

  @Test(arguments: [
    BlurKernel(.isotropic, side: 8), BlurKernel(.isotropic, side: -3), BlurKernel(.isotropic, side: 1001),
    BlurKernel(.isotropic, side: 7, sigmaX: 0), BlurKernel(.anisotropic, side: 7, sigmaX: 1, sigmaY: -1),
    BlurKernel(.plateauIsotropic, side: 7, beta: 0), BlurKernel(.sinc, side: 7, cutoff: 4),
    BlurKernel(.sinc, side: 7, cutoff: .nan),
  ])
  func numbersThatMakeNoKernelAreRefused(kernel: BlurKernel) throws {
    let error = #expect(throws: DegradationError.self) { try kernel.values() }
    #expect(error?.message.hasPrefix("making a ") == true)
    #expect(throws: DegradationError.self) { try flat(0.5).blurred(kernel) }
  }
}
