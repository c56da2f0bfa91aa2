import Degradation
import Foundation
import TestSupport
import Testing

@Suite struct RecipeReadingTests {
  private func read(_ text: String) throws -> DegradationRecipe { try DegradationRecipe(yaml: text, name: "mine") }

  @Test(arguments: DegradationRecipe.catalogue) func whatIsWrittenIsReadAgain(recipe: DegradationRecipe) throws {
    #expect(try JSONDecoder().decode(DegradationRecipe.self, from: JSONEncoder().encode(recipe)) == recipe)
    let yaml = try recipe.yaml()
    #expect(try DegradationRecipe(yaml: yaml, name: "another") == recipe, "\(yaml)")
    try recipe.check()
    #expect(!recipe.summary.isEmpty)
  }

  @Test func theYAMLIsForPeople() throws {
    let expected = """
      name: mixture-x4
      summary: blur of sigma 2, bicubic, noise of sigma 20, JPEG of quality 50 (AddSR, case D)
      scale: 4
      plain_share: 0
      operations:
      - blur:
          probability: 1
          families: {isotropic: 1}
          sides: [21]
          sigma: [2, 2]
          beta_generalized: [0.5, 4]
          beta_plateau: [1, 2]
          cutoff: [0.6283185307179586, 3.141592653589793]
          cutoff_small: [1.0471975511965976, 3.141592653589793]
      - resize:
          from: target
          up: 0
          down: 0
          keep: 1
          up_factor: [1, 1.5]
          down_factor: [0.15, 1]
          reciprocal: false
          methods: {matlab-bicubic: 1}
      - noise:
          probability: 1
          poisson_share: 0
          grey_share: 0
          correlated_share: 0
          sigma: [20, 20]
          whole_sigma: false
          poisson_scale: [0.05, 3]
      - jpeg:
          probability: 1
          quality: [50, 50]

      """
    #expect(try DegradationRecipe.mixtureX4.yaml() == expected)
  }

  @Test func whatIsLeftOutKeepsItsDefault() throws {
    #expect(try read("scale: 4").operations == DegradationRecipe.bicubicX4.operations)
    #expect(try read("scale: 4").name == "mine" && read("name: other").name == "other")
    let recipe = try read(
      """
      scale: 2
      operations:
      - sharpen:
      - blur: {families: {plateau-isotropic: 2}, sigma: 0.5}
      - noise: {sigma: [5, 9]}
      - jpeg: {quality: 40}
      """)
    var blur = BlurChoice()
    (blur.families, blur.sigma) = ([.plateauIsotropic: 2], 0.5...0.5)
    var noise = NoiseChoice()
    noise.sigma = 5...9
    #expect(recipe.scale == 2)
    #expect(
      recipe.operations
        == [.sharpen(SharpenChoice()), .blur(blur), .noise(noise), .jpeg(CompressionChoice(quality: 40...40))])
  }

  static let readingFaults = [
    ("", "it holds no 'key: value' lines, such as 'scale: 4'"),
    ("- 1", "it holds no 'key: value' lines, such as 'scale: 4'"),
    ("nose: 3", "unknown key 'nose'; did you mean 'name'?"),
    ("xyzzy: 3", "unknown key 'xyzzy'; it takes name, summary, scale, plain_share, operations"),
    ("operations: [{blurr: {}}]", "unknown key 'operations[0].blurr'; did you mean 'blur'?"),
    (
      "operations: [{jpeg: {}}, {noise: {sigmas: 3}}]",
      "unknown key 'operations[1].noise.sigmas'; did you mean 'sigma'?"
    ),
    (
      "operations: [{one_of: [{weight: 1, operation: []}]}]",
      "unknown key 'operations[0].one_of[0].operation'; did you mean 'operations'?"
    ),
    (
      "operations: [{blur: {families: {isotropik: 1}}}]",
      "'operations[0].blur.families' has no 'isotropik'; did you mean 'isotropic'?"
    ),
    (
      "operations: [{resize: {methods: {lanczos: 1}}}]",
      "'operations[0].resize.methods' has no 'lanczos'; there are matlab-bicubic, pil-bicubic, bicubic, bilinear, area, nearest, box, antialiased-bicubic, antialiased-bilinear"
    ),
    ("operations: [{resize: {from: targt}}]", "'operations[0].resize.from' has no 'targt'; did you mean 'target'?"),
    ("scale: four", "'scale' cannot be read: a whole number is needed"),
    ("operations: 3", "'operations' cannot be read: a list is needed"),
    ("operations: [blur]", "'operations[0]': a group of keys is needed"),
    ("operations: [{}]", "'operations[0]' needs one operation, and has 0; begin each with a dash of its own"),
    (
      "operations: [{blur: {}, noise: {}}]",
      "'operations[0]' needs one operation, and has 2 (blur, noise); begin each with a dash of its own"
    ),
    (
      "operations: [{noise: {sigma: [9, 5]}}]",
      "'operations[0].noise.sigma' is [9, 5]; write a number, or two as [low, high], low first"
    ),
    (
      "operations: [{noise: {sigma: []}}]",
      "'operations[0].noise.sigma' is []; write a number, or two as [low, high], low first"
    ),
    ("operations: [{noise: {sigma: much}}]", "'operations[0].noise.sigma' must be a number, or two as [low, high]"),
    (
      "operations: [{jpeg: {quality: 30.5}}]",
      "'operations[0].jpeg.quality' must be a whole number, or two as [low, high]"
    ),
    ("scale: [", "it is no YAML: "), ("scale: 1\nscale: 2", "it is no YAML: "),
  ]

  @Test(arguments: readingFaults) func faultsAreExplained(text: String, words: String) throws {
    let error = #expect(throws: DegradationError.self) { try read(text) }
    let message = error?.message ?? ""
    #expect(message.hasPrefix("reading the degradation recipe 'mine': " + words), "\(message)")
  }

  static let numberFaults = [
    ("scale: 0", "scale is 0; it must be within 1…16"),
    ("plain_share: 1.5", "plain_share is 1.5; it must be within 0…1"),
    ("operations: [{sharpen: {radius: 0}}]", "operations[0].sharpen.radius is 0; it must be within 1…500"),
    ("operations: [{sharpen: {threshold: 256}}]", "operations[0].sharpen.threshold is 256; it must be within 0…255"),
    ("operations: [{sharpen: {weight: -1}}]", "operations[0].sharpen.weight is -1; it must be within 0…10"),
    ("operations: [{blur: {probability: 2}}]", "operations[0].blur.probability is 2; it must be within 0…1"),
    (
      "operations: [{blur: {sides: [8]}}]",
      "operations[0].blur.sides is [8]; they must be odd, within 3…101, and there must be one"
    ),
    ("operations: [{blur: {sigma: [0, 2]}}]", "operations[0].blur.sigma is 0 to 2; it must be within 0.01…50"),
    ("operations: [{blur: {variance: 0}}]", "operations[0].blur.variance is 0 to 0; it must be within 0.0001…2500"),
    ("operations: [{blur: {cutoff: 4}}]", "operations[0].blur.cutoff is 4 to 4; it must be within 0.01…3.14"),
    (
      "operations: [{blur: {cutoff_small: 4}}]",
      "operations[0].blur.cutoff_small is 4 to 4; it must be within 0.01…3.14"
    ),
    (
      "operations: [{blur: {beta_plateau: [0, 1]}}]",
      "operations[0].blur.beta_plateau is 0 to 1; it must be within 0.1…10"
    ),
    (
      "operations: [{blur: {beta_generalized: 11}}]",
      "operations[0].blur.beta_generalized is 11 to 11; it must be within 0.1…10"
    ),
    (
      "operations: [{blur: {families: {sinc: 0}}}]",
      "operations[0].blur.families has the weights [0]; none may be below 0 and one must be above"
    ),
    (
      "operations: [{resize: {down_factor: [0, 1]}}]",
      "operations[0].resize.down_factor is 0 to 1; it must be within 0.02…1"
    ),
    ("operations: [{resize: {up_factor: 9}}]", "operations[0].resize.up_factor is 9 to 9; it must be within 1…8"),
    (
      "operations: [{resize: {keep: 0}}]",
      "operations[0].resize.up, down and keep has the weights [0, 0, 0]; none may be below 0 and one must be above"
    ),
    (
      "operations: [{resize: {methods: {}}}]",
      "operations[0].resize.methods has the weights []; none may be below 0 and one must be above"
    ),
    ("operations: [{decimate: {divisor: 17}}]", "operations[0].decimate.divisor is 17; it must be within 1…16"),
    ("operations: [{decimate: {sigma: 0}}]", "operations[0].decimate.sigma is 0 to 0; it must be within 0.01…50"),
    ("operations: [{noise: {sigma: 256}}]", "operations[0].noise.sigma is 256 to 256; it must be within 0…255"),
    (
      "operations: [{noise: {poisson_scale: -1}}]",
      "operations[0].noise.poisson_scale is -1 to -1; it must be within 0…100"
    ),
    ("operations: [{noise: {poisson_share: 2}}]", "operations[0].noise.poisson_share is 2; it must be within 0…1"),
    (
      "operations: [{noise: {grey_share: 0.7, correlated_share: 0.5}}]",
      "operations[0].noise.correlated_share is 0.5 beside a grey_share of 0.7; together at most 1"
    ),
    ("operations: [{jpeg: {quality: [0, 50]}}]", "operations[0].jpeg.quality is 0 to 50; it must be within 1…100"),
    (
      "operations: [{one_of: [{weight: 0}]}]",
      "operations[0].one_of has the weights [0]; none may be below 0 and one must be above"
    ),
    (
      "operations: [{one_of: [{operations: [{shuffle: [{jpeg: {probability: -1}}]}]}]}]",
      "operations[0].one_of[0].operations[0].shuffle[0].jpeg.probability is -1; it must be within 0…1"
    ),
  ]

  @Test(arguments: numberFaults) func numbersOutOfRangeNameTheirBounds(text: String, words: String) throws {
    let error = #expect(throws: DegradationError.self) { try read(text) }
    let message = error?.message ?? ""
    #expect(message.hasPrefix("checking the degradation recipe 'mine': " + words), "\(message)")
  }

  /// Twelve levels of aliases of ten each: a short file that means a trillion values.
  @Test func aliasesCannotFillTheMemory() throws {
    var text = "a0: &a0 [1]\n"
    for level in 1...12 {
      text += "a\(level): &a\(level) [\([String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    let error = #expect(throws: DegradationError.self) { try read(text) }
    #expect(error?.message.hasSuffix("it has more than 20000 values") == true, "\(error?.message ?? "")")
  }

  @Test func recipesAreFoundByNameOrRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("scale: 2".utf8, to: "Mine.yaml")
    #expect(try DegradationRecipe.find("bsrgan") == .bsrgan)
    #expect(try DegradationRecipe.find(folder.file("Mine.yaml")).name == "Mine")
    let missing = #expect(throws: DegradationError.self) { try DegradationRecipe.find("gone.yaml") }
    #expect(missing?.message.hasPrefix("reading the degradation recipe 'gone.yaml': ") == true)
    let unknown = #expect(throws: DegradationError.self) { try DegradationRecipe.named("bicubic") }
    #expect(
      unknown?.message
        == "looking for the degradation recipe 'bicubic': there are bicubic-x4, blur-x4, noise-x4, mixture-x4, real-esrgan, "
        + "real-esrgan-mild, stablesr, bsrgan, blind-x4; did you mean 'bicubic-x4'?")
  }
}
