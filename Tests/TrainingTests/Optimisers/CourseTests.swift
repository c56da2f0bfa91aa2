import Testing
import Torch
import Training

/// Clipping, the learning rate's course, and the moving average.
struct CourseTests {
  private let goldens: TrainingGoldens

  init() throws { goldens = try TrainingGoldens() }

  @Test(arguments: ["0.5", "100.0"])
  func clippingFollowsPyTorch(limit: String) throws {
    let gradients = try goldens.list("clip/gradient", 3)
    let length = try GradientClipping.clip(gradients, to: #require(Double(limit)))
    #expect(try abs(length - goldens.tensor("clip/length").item()) < 1e-5)
    for (index, gradient) in gradients.enumerated() {
      #expect(try isClose(gradient, goldens.tensor("clip/\(limit)/clipped.\(index)")), "gradient \(index)")
    }
  }

  @Test func nothingToClipHasNoLength() throws {
    #expect(try GradientClipping.clip([], to: 1) == 0)
  }

  @Test(arguments: [Float.nan, .infinity])
  func whatIsNotFiniteIsReportedAndLeftAlone(value: Float) throws {
    let gradients = [try Tensor([Float(3), 4]), try Tensor([value])]
    #expect(try !GradientClipping.clip(gradients, to: 1).isFinite)
    #expect(try gradients[0].floats() == [3, 4])
  }

  @Test func rateFollowsPyTorch() throws {
    struct Golden: Decodable {
      var peak: Double
      var warmup: Int
      var steps: Int
    }
    let golden = try goldens.settings("rate", as: Golden.self)
    let course = LearningRate(peak: golden.peak, warmup: golden.warmup, steps: golden.steps)
    let expected = try goldens.tensor("rate/values").doubles()
    for (step, rate) in expected.enumerated() {
      #expect(abs(course.rate(at: step) - rate) < 1e-12, "step \(step): \(course.rate(at: step)), not \(rate)")
    }
  }

  @Test func rateHasADefinedCourseAtItsEdges() {
    let course = LearningRate(peak: 2, warmup: 0, steps: 10)
    #expect(course.rate(at: 0) == 2)
    #expect(abs(course.rate(at: 5) - 2 * (0.01 + 0.99 * 0.5)) < 1e-12)
    // A run that goes on beyond its end keeps the floor.
    #expect(abs(course.rate(at: 10) - 0.02) < 1e-12 && abs(course.rate(at: 1000) - 0.02) < 1e-12)
    #expect(LearningRate(peak: 2, warmup: 10, steps: 10).rate(at: 9) == 2)
    #expect(LearningRate(peak: 2, warmup: 4, steps: 10).rate(at: 0) == 0.5)
  }

  @Test func averageRemembersLittleAtFirst() throws {
    struct Golden: Decodable { var decay: Double }
    let parameter = try goldens.tensor("average/start").cloned()
    let average = try MovingAverage([parameter], decay: goldens.settings("average", as: Golden.self).decay)
    var checked = 0
    for step in 1...120 {
      try parameter.copy(inPlace: goldens.tensor("average/value.\(step)"))
      try average.update([parameter], step: step)
      guard let expected = try? goldens.tensor("average/after.\(step)") else { continue }
      #expect(try isClose(average.averages[0], expected, absolute: 2e-6), "step \(step)")
      checked += 1
    }
    #expect(checked == 6)
  }

  @Test func averageStartsAsACopy() throws {
    let parameter = try Tensor([Float(1), 2]).requiresGradient(true)
    let average = try MovingAverage([parameter], decay: 0.9)
    #expect(!average.averages[0].requiresGradient && !average.averages[0].sharesMemory(with: parameter))
    #expect(try average.averages[0].floats() == [1, 2])
  }

  @Test func averagesAreRestoredByNameAndShape() throws {
    let average = try MovingAverage([Tensor.zeros([2]), Tensor.zeros([3])], decay: 0.9)
    try average.restore(["b": Tensor([Float(3), 4, 5]), "a": Tensor([Float(1), 2])], names: ["a", "b"])
    #expect(try average.averages.map { try $0.floats() } == [[1, 2], [3, 4, 5]])
    // A single number would spread over the whole average.
    for other in [[:], ["a": try Tensor([Float(1)]), "b": try Tensor.zeros([3])]] {
      let error = #expect(throws: TorchError.self) { try average.restore(other, names: ["a", "b"]) }
      #expect(error?.message == "resuming: the state has no average of 'a' of shape [2]")
    }
  }
}
