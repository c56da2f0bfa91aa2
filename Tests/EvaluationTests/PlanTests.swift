import Degradation
import TestSupport
import Testing

@testable import Evaluation

/// Crops, protocols, names.
struct PlanTests {
  private func image(_ width: Int, _ height: Int) throws -> PlanarImage {
    let count = width * height
    return try PlanarImage(
      width: width, height: height, pixels: (0..<3 * count).map { Float($0 % count) / Float(count) })
  }

  private func crop(_ text: String, _ width: Int, _ height: Int, multiple: Int = 4, seed: UInt64 = 0) throws
    -> PlanarImage
  {
    var random = SeededRandom(seed: seed)
    return try CropRule(text).apply(to: image(width, height), multiple: multiple, using: &random)
  }

  @Test func crops() throws {
    let whole = try crop("none", 43, 30)
    #expect((whole.width, whole.height) == (40, 28) && whole.pixels[0] == 0)
    let centre = try crop("centre:16", 43, 30)
    #expect((centre.width, centre.height) == (16, 16))
    #expect(centre.pixels[0] == Float(7 * 43 + 13) / Float(43 * 30))
    #expect(try crop("center:16", 43, 30) == centre)
    // As much as there is.
    let small = try crop("centre:64", 43, 30)
    #expect((small.width, small.height) == (40, 28) && small.pixels[0] == Float(43 + 1) / Float(43 * 30))
    // Anywhere, but the same for the same seed.
    let places = try (0..<20).map { try crop("random:16", 200, 200, seed: $0).pixels[0] }
    #expect(Set(places).count > 15)
    #expect(try crop("random:16", 200, 200, seed: 3).pixels[0] == places[3])
  }

  @Test func smallPicturesAreEnlargedWhereAProtocolSaysSo() throws {
    var random = SeededRandom(seed: 0)
    let large = try CropRule(.centre, side: 64, enlarges: true).apply(to: image(40, 30), multiple: 8, using: &random)
    #expect((large.width, large.height) == (64, 64))
    // What a file of 8 bits would hold.
    #expect(large == large.quantised())
  }

  @Test(arguments: ["", "centre", "centre:0", "middle:64", "centre:64:3", "none:5", "random:1e9"])
  func unknownCrops(text: String) {
    let error = #expect(throws: EvaluationError.self) { try CropRule(text) }
    #expect(error?.message.contains("--crop '\(text)' is not known; it takes none, centre:SIDE or random:SIDE") == true)
  }

  @Test func protocols() throws {
    #expect(
      try EvaluationProtocol.addsr.cases().map(\.name)
        == ["bicubic-x4", "blur-x4", "noise-x4", "mixture-x4"].map { "\($0) (centre 512)" })
    #expect(
      try EvaluationProtocol.adapter.cases().map(\.name)
        == ["real-esrgan (centre 1024)", "bicubic-x8 (centre 1024)", "real-esrgan (random 1024)"])
    let down = try #require(EvaluationProtocol.adapterDown8.cases().first)
    #expect(down.name == "bicubic-x8 (centre 1024)" && down.crop.enlarges)
    guard case .recipe(let recipe) = down.source else {
      Issue.record("no recipe")
      return
    }
    #expect(recipe.scale == 8)
    let error = #expect(throws: EvaluationError.self) { try EvaluationProtocol.named("adsr") }
    #expect(error?.message.hasSuffix("; did you mean 'addsr'?") == true)
  }

  @Test func unknownRecipes() {
    let error = #expect(throws: EvaluationError.self) { try EvaluationRecipe.find("bicubic-4x") }
    #expect(error?.message.contains("looking for the degradation recipe 'bicubic-4x': there are bicubic-x4, ") == true)
    #expect(error?.message.hasSuffix("; did you mean 'bicubic-x4'?") == true)
  }

  @Test func namesStayApart() throws {
    let folder = try TemporaryFolder()
    for name in ["one/set/a.png", "two/set/a.png", "one/set/sub/a.png", "one/set/a.jpg"] {
      try folder.write([0], to: name)
    }
    let sets = try ["one/set", "two/set"].map {
      try EvaluationDataset(references: folder.file($0), butNotIn: folder.file("report"))
    }
    let sample = EvaluationCase(.recipe(try .find("bicubic-x4")))
    let bicubic = EvaluationRun(.bicubic, model: "bicubic", steps: 3)
    let plan = try EvaluationPlan(
      groups: sets.map { EvaluationPlan.Group($0, sample) }, runs: [bicubic, bicubic], program: "test")
    #expect(plan.groups.map(\.dataset.name) == ["set", "set 2"])
    #expect(plan.runs.map(\.label) == ["bicubic"])
    // Two pictures of one name keep their endings.
    #expect(plan.groups[0].dataset.items.map(\.stem) == ["a.jpg", "a.png", "sub/a"])
    #expect(plan.groups[0].dataset.limited(to: 2).items.map(\.name) == ["a.jpg", "a.png"])
    #expect(throws: EvaluationError.self) { try EvaluationPlan(groups: [], runs: [bicubic], program: "") }
    #expect(throws: EvaluationError.self) { try EvaluationPlan(groups: plan.groups, runs: [], program: "") }
  }

  @Test func fileNames() {
    #expect(ReportFolder.slug("mixture-x4 (centre 512)") == "mixture-x4-centre-512")
    #expect(ReportFolder.slug("starter-4") == "starter-4")
    // Names that differ stay different.
    #expect(ReportFolder.slug("a/b") != ReportFolder.slug("a:b"))
    #expect(!ReportFolder.slug("../..").contains("/") && !ReportFolder.slug("..").hasPrefix("."))
  }

  @Test func theShownPartFitsBothPictures() {
    let window = ShownWindow(width: 2724, height: 2224, lowWidth: 681, lowHeight: 556)
    #expect((window.width, window.height) == (512, 512) && window.left % 4 == 0 && window.top % 4 == 0)
    let low = window.scaled(from: 2724, 2224, to: 681, 556)
    #expect((low.width, low.height, low.left * 4, low.top * 4) == (128, 128, window.left, window.top))
    let small = ShownWindow(width: 96, height: 64, lowWidth: 24, lowHeight: 16)
    #expect((small.left, small.top, small.width, small.height) == (0, 0, 96, 64))
    // Pairs of no whole factor.
    let odd = ShownWindow(width: 1000, height: 700, lowWidth: 300, lowHeight: 210).scaled(from: 1000, 700, to: 300, 210)
    #expect(odd.left + odd.width <= 300 && odd.top + odd.height <= 210)
  }
}
