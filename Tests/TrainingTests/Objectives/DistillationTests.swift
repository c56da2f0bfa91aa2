import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

@testable import Training

/// AddSR's loss against PyTorch: `Tests/Fixtures/Training/make-distillation.py`.
struct DistillationTests {
  private let file: SafetensorsFile

  init() throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Training/distillation.safetensors"))
  }

  private func tensor(_ key: String) throws -> Tensor { try file.tensor(key).cloned() }

  private func weight(_ form: TimestepWeight.Form) -> TimestepWeight {
    var weight = TimestepWeight()
    weight.form = form
    return weight
  }

  @Test(arguments: [TimestepWeight.Form.paper, .release])
  func weightsAreThePublishedOnes(form: TimestepWeight.Form) throws {
    let weight = weight(form)
    for (name, passes, places) in [("one", 1, [0, 1, 2, 3]), ("two", 2, [1, 2, 3])] {
      let wanted = try tensor("weight/\(form)/\(name)").doubles()
      for (place, value) in zip(places, wanted) {
        #expect(abs(weight.weight(at: place, passes: passes, of: 4) - value) < 1e-12, "\(name) \(place)")
      }
    }
  }

  /// The paper wants the teacher's word to count most at the last step; the release gives the most to the noisiest answer.
  @Test func theAccountsDifferInOnePass() {
    let paper = (0..<4).map { weight(.paper).weight(at: $0, passes: $0 == 0 ? 1 : 2, of: 4) }
    #expect(zip(paper, paper.dropFirst()).allSatisfy { $0 < $1 } && paper[0] == 0.5)
    let release = (0..<4).map { weight(.release).weight(at: $0, passes: $0 == 0 ? 1 : 2, of: 4) }
    #expect(release[0] == release.max() && abs(release[0] - 4.6305) < 1e-12 && release[1] == 0.5)
    #expect((0..<4).allSatisfy { weight(.constant).weight(at: $0, passes: 1, of: 4) == 1 })
  }

  @Test(arguments: [TimestepWeight.Form.paper, .release])
  func weightedDistillationWithHingeIsThatOfPyTorch(form: TimestepWeight.Form) throws {
    let made = try tensor("loss/made").requiresGradient(true)
    let scores = try (0..<2).map { try tensor("loss/scores.\($0)").requiresGradient(true) }
    let schedule = try DiffusionSchedule(.stableDiffusion())
    let times = try tensor("loss/times").integers().map { try schedule.level(Double($0)) }
    let weights = times.enumerated().map { row, level in
      weight(form).weight(at: row, passes: row == 0 ? 1 : 2, of: 4) * level.signal
    }
    let distillation = try DistillationLoss.value(made, target_BCHW: tensor("loss/target"), weights: weights)
    #expect(try isClose(distillation, tensor("loss/\(form)/distillation")))
    let total = try distillation + HingeLoss.generator(made: scores) * AddSRKind.objective.adversarial
    #expect(try isClose(total, tensor("loss/\(form)/total")))
    let found = try gradients(of: [total], withRespectTo: [made] + scores)
    let wanted = ["made_gradient", "scores_gradient.0", "scores_gradient.1"]
    for (gradient, name) in zip(found, wanted) {
      #expect(
        try isClose(#require(gradient), tensor("loss/\(form)/\(name)"), absolute: 1e-9), "\(name)")
    }
  }

  @Test func spectralNormIsThatOfPyTorch() throws {
    let weight = try tensor("spectral/weight").requiresGradient(true)
    let normalised = try SpectralNorm.normalised(weight)
    #expect(try isClose(normalised, tensor("spectral/normalised")))
    let along = try (normalised * tensor("spectral/along")).sum()
    #expect(
      try isClose(#require(gradients(of: [along], withRespectTo: [weight])[0]), tensor("spectral/gradient")))
  }

  /// Where one direction stands out, the weight's largest singular value becomes 1.
  @Test func spectralNormBoundsTheWeight() throws {
    let (a, b) = (
      try Tensor.randn([7, 1], generator: Generator(seed: 5)), try Tensor.randn([1, 12], generator: Generator(seed: 6))
    )
    let weight = try a.matmul(b) * 9 + Tensor.randn([7, 12], generator: Generator(seed: 7))
    let normalised = try SpectralNorm.normalised(weight)
    let (values, _) = try normalised.matmul(normalised.transposed(0, 1)).symmetricEigen()
    #expect(try abs(values.maximum().item() - 1) < 1e-5)
  }

  @Test func theDiscriminatorIsThatOfPyTorch() throws {
    var (parameters, names) = ([String: Tensor](), [String]())
    for key in file.keys.sorted() where key.hasPrefix("head/w/") {
      names.append(String(key.dropFirst("head/w/".count)))
      parameters[names[names.count - 1]] = try tensor(key).requiresGradient(true)
    }
    var config = DiscriminatorConfig()
    (config.width, config.projection) = (8, 5)
    let judge = try ParameterLoader.load(ParameterDictionary(parameters), component: "a discriminator") {
      try ProjectedDiscriminator($0, config, channels: [6, 10], conditionWidth: 7)
    }
    let condition = try tensor("head/condition")
    let real = try (0..<2).map { try tensor("head/real.\($0)") }
    let made = try (0..<2).map { try tensor("head/made.\($0)").requiresGradient(true) }
    let scores = try judge(real, condition_BD: condition)
    for (index, score) in scores.enumerated() {
      #expect(try isClose(score, tensor("head/scores.\(index)"), absolute: 1e-5))
    }
    let paid = try HingeLoss.discriminator(
      real: scores, made: judge(made.map { try $0.detached() }, condition_BD: condition))
    #expect(try isClose(paid, tensor("head/discriminator")))
    let leaves = names.compactMap { parameters[$0] }
    for (name, gradient) in zip(names, try gradients(of: [paid], withRespectTo: leaves)) {
      #expect(
        try isClose(#require(gradient), tensor("head/g/\(name)"), absolute: 1e-5, relative: 1e-4), "\(name)")
    }
    let earned = try HingeLoss.generator(made: judge(made, condition_BD: condition))
    #expect(try isClose(earned, tensor("head/generator")))
    for (index, gradient) in try gradients(of: [earned], withRespectTo: made).enumerated() {
      #expect(try isClose(#require(gradient), tensor("head/made_gradient.\(index)"), relative: 1e-4))
    }
  }

  @Test func headsAreGivenAMapEach() throws {
    let initialiser = try ParameterInitialiser(seed: 1)
    let judge = try ProjectedDiscriminator(
      ParameterLoader(initialiser).root, DiscriminatorConfig(), channels: [4, 4], conditionWidth: 3)
    let error = #expect(throws: TorchError.self) {
      try judge([Tensor.zeros([1, 4, 2, 2])], condition_BD: Tensor.zeros([1, 3]))
    }
    #expect(error?.message.contains("a discriminator of 2 heads was given 1 maps") == true)
  }
}
