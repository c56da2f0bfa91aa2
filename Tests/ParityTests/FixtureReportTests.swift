import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import parity

struct FixtureReportTests {
  init() throws { try Machine.setThreadCount(1) }

  /// What other programs answered, and no recorded run of a component.
  private static let answers = ["jpeg", "resizes", "frechet", "inception"].map { $0 + ".safetensors" }

  static let fixtures = ["Oracles", "ColorFix", "Degradation", "Schedulers", "Quality"].flatMap { folder in
    ((try? FileManager.default.contentsOfDirectory(atPath: Fixture.path(folder))) ?? [])
      .filter { $0.hasSuffix(".safetensors") && !answers.contains($0) }.map { folder + "/" + $0 }.sorted()
  }

  @Test func findsTheFixtures() { #expect(Self.fixtures.count > 25) }

  @Test(arguments: fixtures)
  func passesAgainstTheReference(_ name: String) {
    let line = FixtureReport.line(for: Fixture.path(name), verbose: false)
    #expect(line.passed, "\(line.text) \(line.notes)")
    let words = line.text.components(separatedBy: "  ")
    #expect(words.count == 4)
    #expect(words.last == "PASS")
    #expect(Double(words[1]) != nil && Double(words[2]) != nil, "\(words)")
  }

  /// A small fixture, changed before it is run.
  private func run(
    _ change: (inout [String: Tensor], inout [String: String]) throws -> Void
  ) throws -> ReportLine {
    let file = try SafetensorsFile(path: Fixture.path("ColorFix/color-fix.safetensors"))
    var tensors = Dictionary(uniqueKeysWithValues: try file.keys.map { ($0, try file.tensor($0)) })
    var metadata = file.metadata
    try change(&tensors, &metadata)
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(tensors, metadata: metadata, to: folder.file("changed.safetensors"))
    return FixtureReport.line(for: folder.file("changed.safetensors"), verbose: false)
  }

  private func expectFail(_ line: ReportLine, _ words: String) {
    #expect(!line.passed)
    #expect(line.text.hasSuffix("  FAIL"), "\(line.text)")
    #expect(line.notes.contains { $0.contains(words) }, "\(line.notes)")
  }

  @Test func passesUnchanged() throws { #expect(try run { _, _ in }.passed) }

  @Test func failsForOneWrongNumber() throws {
    let line = try run { tensors, _ in
      let output = try #require(tensors["out/adain"])
      let changed = try output.cloned()
      try changed.narrowed(3, from: 7, length: 1).narrowed(2, from: 3, length: 1).narrowed(1, from: 1, length: 1)
        .copy(inPlace: Tensor([0.123] as [Float], [1, 1, 1, 1]))
      tensors["out/adain"] = changed
    }
    expectFail(line, "adain: max_abs")
    expectFail(line, "1 of 6720 elements are out of tolerance")
  }

  @Test func failsForNaN() throws {
    let line = try run { tensors, _ in
      tensors["in/content"] = try #require(tensors["in/content"]).zerosLike() / 0.0
    }
    expectFail(line, "adain")
    #expect(line.text.contains("nan"))
  }

  @Test func failsForAnotherShape() throws {
    let line = try run { tensors, _ in tensors["out/adain"] = try #require(tensors["out/adain"]).flattened() }
    expectFail(line, "adain: max_abs inf, max_rel inf: shape [1, 3, 40, 56] where [6720] was expected")
  }

  @Test func failsForAnOutputThatNothingIsComparedWith() throws {
    let line = try run { tensors, _ in tensors["out/something_else"] = try .zeros([1]) }
    expectFail(line, "something_else: the component answered nothing for it")
  }

  @Test func failsForAnAnswerThatTheFixtureLacks() throws {
    expectFail(try run { tensors, _ in tensors["out/wavelet"] = nil }, "'out/wavelet'")
  }

  @Test func failsForAMissingInput() throws {
    expectFail(try run { tensors, _ in tensors["in/style"] = nil }, "'in/style'")
  }

  @Test(arguments: ["component", "config", "atol", "rtol"])
  func failsWithoutItsMetadata(_ key: String) throws {
    expectFail(try run { _, metadata in metadata[key] = nil }, "its metadata lacks '\(key)', so it is no fixture")
  }

  @Test func failsForAToleranceThatIsNone() throws {
    expectFail(try run { _, metadata in metadata["atol"] = "nan" }, "its 'atol' is 'nan', not a tolerance")
  }

  @Test func failsForAnUnknownComponent() throws {
    let line = try run { _, metadata in metadata["component"] = "dream-machine" }
    #expect(line.text == "dream-machine  nan  nan  FAIL")
    expectFail(line, "there is no component 'dream-machine'; known are addsr-sampler, ")
  }

  @Test func failsForAFileThatIsBrokenOrMissing() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "broken.safetensors")
    expectFail(FixtureReport.line(for: folder.file("broken.safetensors"), verbose: false), "too short")
    let line = FixtureReport.line(for: folder.file("absent.safetensors"), verbose: false)
    #expect(line.text == "absent.safetensors  nan  nan  FAIL")
  }

  /// A weight that no layer asks for, or a layer without its weight, is not the published architecture.
  @Test func failsForWeightsOfAnotherLayout() throws {
    let file = try SafetensorsFile(path: Fixture.path("Oracles/autoencoder-kl-legacy-keys.safetensors"))
    var tensors = Dictionary(uniqueKeysWithValues: try file.keys.map { ($0, try file.tensor($0)) })
    tensors["w/encoder.extra.weight"] = try .zeros([3])
    tensors["w/decoder.conv_in.bias"] = nil
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(tensors, metadata: file.metadata, to: folder.file("changed.safetensors"))
    let line = FixtureReport.line(for: folder.file("changed.safetensors"), verbose: false)
    expectFail(line, "missing: decoder.conv_in.bias; unexpected: encoder.extra.weight")
  }

  @Test func namesOutputsWhenAsked() {
    let line = FixtureReport.line(for: Fixture.path("Oracles/autoencoder-kl-legacy-keys.safetensors"), verbose: true)
    for output in ["mean", "logvar", "decoded"] {
      for way in ["whole", "strips"] { #expect(line.notes.contains { $0.contains("\(output) (\(way)): max_abs") }) }
    }
  }
}
