import Checkpoints
import TestSupport
import Testing
import Torch

@testable import Quality

struct CatalogueTests {
  init() throws { try useOneThread() }

  @Test func namesAreUnlike() {
    let names = MetricCatalogue.entries.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count && names.count > 30)
  }

  @Test(arguments: [
    ("psnr", "psnr-y", 0), ("SSIM", "ssim-y", 0), ("niqe", "niqe-y", 0), ("lpips", "lpips-alex", 0),
    ("maniqa", "maniqa-pipal", 0), ("clipiqa", "clipiqa-5pair", 0), ("musiq", "musiq-koniq", 0),
    ("fid", "fid-clean", 0), ("psnr-y-crop4", "psnr-y", 4), ("niqe-crop8", "niqe-y", 8),
  ]) func aliases(word: String, name: String, border: Int) throws {
    let choice = try MetricCatalogue.choose(word)
    #expect(choice.entry.name == name && choice.border == border && choice.word == word)
  }

  @Test func theBorderGoesToThoseThatCut() throws {
    #expect(try MetricCatalogue.choose("psnr", border: 4).border == 4)
    #expect(try MetricCatalogue.choose("psnr-crop2", border: 4).border == 2)
    #expect(try MetricCatalogue.choose("lpips", border: 4).border == 0)
    let error = #expect(throws: QualityError.self) { try MetricCatalogue.choose("lpips-crop4") }
    #expect(error?.message == "lpips-alex has no form with a border cut off, as 'lpips-crop4' asks for")
  }

  @Test(arguments: [
    ("pnsr", "there is no metric 'pnsr'; did you mean 'psnr'?"), ("nique", "did you mean 'niqe'?"),
    ("maniqa-pipa", "did you mean 'maniqa-pipal'?"), ("psmr-crop4", "did you mean 'psnr'?"),
  ]) func suggestsTheNearest(word: String, words: String) {
    let error = #expect(throws: QualityError.self) { try MetricCatalogue.choose(word) }
    #expect(error?.message.hasSuffix(words) == true, "\(error?.message ?? "")")
  }

  @Test func suggestsNothingFarAway() {
    let error = #expect(throws: QualityError.self) { try MetricCatalogue.choose("vmaf-neg-v0.6.1") }
    #expect(error?.message == "there is no metric 'vmaf-neg-v0.6.1'")
  }

  @Test func metricsAreNamedAsListed() throws {
    for entry in MetricCatalogue.entries where entry.files.isEmpty {
      #expect(try entry.make(.init(folder: "nowhere")).name == entry.name)
      #expect(try entry.make(.init(border: 4, folder: "nowhere")).name == entry.name + "-crop4")
      switch try entry.make(.init(folder: "nowhere")) {
      case .pair(let metric): #expect(entry.kind == .pair && metric.higherIsBetter == entry.higherIsBetter)
      case .single(let metric): #expect(entry.kind == .single && metric.higherIsBetter == entry.higherIsBetter)
      case .sets: Issue.record("a metric of sets without weights")
      }
    }
  }

  @Test func saysWhichFilesAreAbsent() throws {
    let entry = try MetricCatalogue.choose("lpips").entry
    let error = #expect(throws: QualityError.self) { try entry.make(.init(folder: "/nowhere/metrics")) }
    let message = error?.message ?? ""
    for words in [
      "lpips-alex needs weights that are not there. Put into /nowhere/metrics: alexnet-owt-7be5be79.pth",
      "BSD-3-Clause", "LPIPS_v0.1_alex-df73285e.pth or alex.pth", "github.com/richzhang",
    ] { #expect(message.contains(words), "\(message)") }
  }

  /// Trunk and heads from files, the classifier in the trunk's file left out.
  @Test func readsThePublishedLayout() throws {
    let folder = try TemporaryFolder()
    let (trunk, heads) = (try ParameterInitialiser(seed: 1), try ParameterInitialiser(seed: 2))
    _ = try LPIPS(.alex, trunk: ParameterLoader(trunk).root, heads: ParameterLoader(heads).root)
    let more = trunk.drawn.merging(["classifier.6.bias": try .zeros([1000])]) { $1 }
    try SafetensorsWriter.write(more, to: folder.file("alexnet-owt-7be5be79.safetensors"))
    try SafetensorsWriter.write(heads.drawn, to: folder.file("alex.safetensors"))
    let entry = try MetricCatalogue.choose("lpips").entry
    guard case .pair(let metric) = try entry.make(.init(folder: folder.path)) else {
      Issue.record("no pair")
      return
    }
    let path = ParameterLoader(ParameterDictionary(trunk.drawn)).root
    let direct = try LPIPS(.alex, trunk: path, heads: ParameterLoader(ParameterDictionary(heads.drawn)).root)
    let image = try Tensor.rand([1, 3, 40, 40], generator: Generator(seed: 3))
    let other = try Tensor.rand([1, 3, 40, 40], generator: Generator(seed: 4))
    #expect(
      try metric.score(image, reference_BCHW: other) == direct.score(image, reference_BCHW: other))

    // The heads of another version: a clear word, not a number.
    try SafetensorsWriter.write(["lin0.weight": .zeros([1])], to: folder.file("alex.safetensors"))
    let error = #expect(throws: CheckpointError.self) { try entry.make(.init(folder: folder.path)) }
    #expect(error?.message.contains("missing: lin0.model.1.weight") == true, "\(error?.message ?? "")")
  }
}
