import Foundation
import TestSupport
import Testing

@testable import parity

struct LayoutReportTests {
  static let counts = [
    "dape-ram-swin-l": 366, "flux-dev-transformer": 1160, "flux-vae": 244, "sd21-base-unet": 686, "sd21-base-vae": 248,
    "sd21-controlnet": 340,
    "sd3-medium-vae": 244, "seesr-controlnet": 522, "seesr-unet": 1102, "sd21-text-encoder": 372,
    "sd3-text-encoder": 197, "sd3-text-encoder-3": 219, "sd3-medium-transformer": 683, "sd35-medium-transformer": 909,
    "sd35-large-transformer": 1227,
    "sdxl-base-unet": 1680, "sdxl-base-vae": 248, "sdxl-text-encoder": 196, "sdxl-text-encoder-2": 517,
    "stablesr": 1604, "stablesr-cfw": 404,
  ]

  @Test(arguments: counts.keys.sorted())
  func asksForThePublishedKeys(_ name: String) throws {
    let line = LayoutReport.line(for: Fixture.path("Manifests/\(name).json"))
    #expect(line.text == "\(name)  \(try #require(Self.counts[name]))  0  0  0  PASS")
    #expect(line.passed && line.notes.isEmpty)
  }

  private func run(_ change: (inout [String: Any]) -> Void) throws -> ReportLine {
    let json = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/sd21-base-vae.json")))
    var root = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    change(&root)
    let folder = try TemporaryFolder()
    try folder.write(try JSONSerialization.data(withJSONObject: root), to: "changed.json")
    return LayoutReport.line(for: folder.file("changed.json"))
  }

  @Test func countsEveryKindOfDifference() throws {
    let line = try run { root in
      guard var tensors = root["tensors"] as? [String: [Int]] else { return }
      tensors["encoder.conv_in.weight"] = [128, 3, 5, 5]
      tensors["decoder.conv_out.bias"] = nil
      tensors["decoder.more.weight"] = [2, 2]
      tensors["decoder.more.bias"] = [2]
      root["tensors"] = tensors
    }
    #expect(line.text == "changed  249  1  2  1  FAIL")
    for words in [
      "missing: decoder.conv_out.bias", "unexpected: decoder.more.bias",
      "mismatched: encoder.conv_in.weight is [128, 3, 5, 5], built as [128, 3, 3, 3]",
    ] { #expect(line.notes.contains { $0.contains(words) }, "\(line.notes)") }
  }

  @Test func readsTheOldSpellingOfAttention() throws {
    let line = try run { root in
      guard let tensors = root["tensors"] as? [String: [Int]] else { return }
      let old = ["to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"]
      root["tensors"] = Dictionary(
        uniqueKeysWithValues: tensors.map { key, shape in
          (old.reduce(key) { $0.replacingOccurrences(of: ".\($1.key).", with: ".\($1.value).") }, shape)
        })
    }
    #expect(line.text == "changed  248  0  0  0  PASS")
  }

  @Test func failsForAnUnknownComponent() throws {
    let line = try run { $0["component"] = "dream-machine" }
    #expect(line.text == "changed  0  0  0  0  FAIL")
    #expect(line.notes.contains { $0.contains("there is no component 'dream-machine'") })
  }

  @Test func failsForComponentsWithoutWeights() throws {
    let line = try run { $0["component"] = "scheduler" }
    #expect(line.notes.contains { $0.contains("has no weights of its own") }, "\(line.notes)")
  }

  @Test(arguments: [
    "", "[]", #"{"component": "autoencoder-kl"}"#, #"{"component": "autoencoder-kl", "tensors": {"a": ["x"]}}"#,
  ])
  func failsForWhatIsNoManifest(_ text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text.utf8, to: "bad.json")
    let line = LayoutReport.line(for: folder.file("bad.json"))
    #expect(line.text == "bad  0  0  0  0  FAIL")
    #expect(line.notes.contains { $0.contains("is not a manifest") }, "\(line.notes)")
  }

  @Test func failsForNegativeSizes() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"component": "autoencoder-kl", "tensors": {"a": [-1]}}"#.utf8, to: "bad.json")
    #expect(LayoutReport.line(for: folder.file("bad.json")).notes.contains { $0.contains("the sizes [-1]") })
  }
}
