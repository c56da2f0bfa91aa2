import Checkpoints
import Foundation
import Quality
import TestSupport
import Testing
import Torch

@testable import Pictures

/// `burnish score`: what it prints, which picture it compares with which, and what it says of bad input.
struct ScoreTests {
  /// A folder of results and one of references: other endings, other folders within.
  private func folders() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let picture = try Samples.picture(24, 20).encoded(as: .png).bytes
    let corners = try Samples.corners(24, 20).encoded(as: .png).bytes
    try folder.write(picture, to: "out/a.png")
    try folder.write(corners, to: "out/sub/b.png")
    try folder.write(corners, to: "ref/a.png")
    try folder.write(try Samples.corners(24, 20).encoded(as: .tiff).bytes, to: "ref/sub/b.tif")
    return folder
  }

  private func json(_ outcome: Program.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func comparesFoldersByRelativeName() throws {
    let folder = try folders()
    let outcome = try Program.run(
      ["score", "out", "--reference", "ref", "--metrics", "psnr,ssim,psnr-rgb", "--format", "csv"], in: folder.path)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let rows = outcome.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.map { $0[0] } == ["image", "out/a.png", "out/sub/b.png", "mean", "ci95"])
    #expect(rows[0] == ["image", "psnr-y", "ssim-y", "psnr-rgb"])
    // The second picture is equal to its reference, which has another ending.
    #expect(rows[2][1] == "inf" && abs((Double(rows[2][2]) ?? 0) - 1) < 1e-9)
    let (psnr, ssim) = (Double(rows[1][1]) ?? -1, Double(rows[1][2]) ?? 2)
    #expect(psnr > 0 && psnr < 60 && ssim < 1)
    // There is no interval around infinity.
    #expect(rows[3][1] == "inf" && rows[4][1].isEmpty && Double(rows[4][2]) != nil, "\(rows[4])")
  }

  @Test func theTableNamesVariantAndDirection() throws {
    let folder = try folders()
    let outcome = try Program.run(
      ["score", "out/a.png", "-r", "ref/a.png", "-m", "psnr,psnr-crop4", "--crop-border", "2"], in: folder.path)
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines[0].contains("psnr-y-crop2 ↑  psnr-y-crop4 ↑"), "\(lines)")
    #expect(lines[1].hasPrefix("out/a.png") && lines.count == 5)
    #expect(lines[2].hasPrefix("mean") && lines[3].hasPrefix("± (95 %)") && lines[4].hasPrefix("pictures"))
    // A border takes effect.
    let numbers = lines[1].split(separator: " ").compactMap { Double($0) }
    #expect(numbers.count == 2 && numbers[0] != numbers[1])
  }

  @Test func jsonSaysWhatWasMeasured() throws {
    let folder = try folders()
    let outcome = try Program.run(
      ["score", "out", "-r", "ref/a.png", "-m", "ssim", "--format", "json", "--crop-border", "3"], in: folder.path)
    #expect(outcome.status == 0)
    let object = try json(outcome)
    let metric = try #require((object["metrics"] as? [[String: Any]])?.first)
    #expect(metric["name"] as? String == "ssim-y-crop3" && metric["requested"] as? String == "ssim")
    #expect(metric["better"] as? String == "higher" && metric["crop_border"] as? Int == 3)
    let images = try #require(object["images"] as? [[String: Any]])
    #expect(images.map { $0["image"] as? String } == ["out/a.png", "out/sub/b.png"])
    // One reference for all.
    #expect(images.allSatisfy { $0["reference"] as? String == "ref/a.png" })
    let summary = try #require((object["summary"] as? [String: [String: Any]])?["ssim-y-crop3"])
    #expect(summary["count"] as? Int == 2 && summary["ci95"] is Double && summary["mean"] is Double)
  }

  @Test func agreesWithTheLibrary() throws {
    let folder = try folders()
    let outcome = try Program.run(
      ["score", "out/a.png", "-r", "ref/a.png", "-m", "psnr-rgb", "--format", "csv"], in: folder.path)
    func tensor(_ name: String) throws -> Tensor {
      let picture = try Picture.decodeRGB8(path: folder.file(name))
      return try Tensor(picture.samples, [1, picture.height, picture.width, 3]).permuted([0, 3, 1, 2])
    }
    let expected = try PSNR().score(tensor("out/a.png"), reference_BCHW: tensor("ref/a.png"))[0]
    #expect(outcome.output.contains("out/a.png,\(expected)\n"))
  }

  /// Bad pictures are named, the others measured, and what needs no reference is measured all the same.
  @Test func finishesTheOthers() throws {
    let folder = try folders()
    try folder.write(Array("no picture".utf8), to: "out/bad.png")
    try folder.write(try Samples.picture(200, 100).encoded(as: .png).bytes, to: "out/large.png")
    try folder.write(try Samples.picture(100, 200).encoded(as: .png).bytes, to: "ref/large.png")
    try folder.write(try Samples.picture(24, 20).encoded(as: .png).bytes, to: "out/lonely.png")
    try folder.write(try Samples.picture(24, 20).encoded(as: .png).bytes, to: "out/twice.webp")
    for name in ["ref/twice.png", "ref/twice.jpg"] {
      try folder.write(try Samples.picture(24, 20).encoded(as: .png).bytes, to: name)
    }
    let outcome = try Program.run(
      ["score", "out", "-r", "ref", "-m", "psnr,niqe", "--format", "json"], in: folder.path)
    #expect(outcome.status == 1)
    for words in [
      "out/bad.png: failed: Could not read 'out/bad.png': it is not a picture of a known kind",
      "'out/large.png' has 200x100 pixels and its reference 'ref/large.png' has 100x200; they must have the same size",
      "out/lonely.png: failed: there is no reference for it in 'ref', which has no picture 'lonely.*'",
      "out/twice.webp: failed: 'ref' has several pictures for it: twice.jpg, twice.png",
      "out/a.png: failed: measuring niqe-y of 24x20 pixels: it needs at least two blocks of 96x96",
    ] { #expect(outcome.errors.contains(words), "\(words) in \(outcome.errors)") }
    let images = try #require(try json(outcome)["images"] as? [[String: Any]])
    func scores(_ name: String) -> [String: Double] {
      images.first { $0["image"] as? String == name }?["scores"] as? [String: Double] ?? [:]
    }
    #expect(scores("out/a.png")["psnr-y"] != nil && scores("out/bad.png").isEmpty)
    #expect(scores("out/large.png").keys.sorted() == ["niqe-y"])
  }

  static let wrong: [(arguments: [String], words: String)] = [
    (["a.png", "-m", "pnsr"], "--metrics: there is no metric 'pnsr'; did you mean 'psnr'?"),
    (["a.png", "-m", "psnr"], "the metric 'psnr-y' compares with a reference: give it with --reference"),
    (["a.png", "-m", "fid"], "the metric 'fid-clean' compares with a folder of references"),
    (["a.png", "-m", ","], "--metrics names no metric"),
    (["a.png", "-m", "lpips-crop4", "-r", "a.png"], "lpips-alex has no form with a border cut off"),
    (["a.png", "--format", "xml"], "--format 'xml' is not known; it takes table, csv or json"),
    (["a.png", "--crop-border=-1"], "--crop-border must be within 0…9999, not -1"),
    (["a.png", "--dtype", "bf16"], "--dtype bf16: metrics are defined in float32; leave the option out"),
    ([], "missing the pictures: say which to measure, such as 'burnish score restored.png'"),
    (["gone.png"], "there is no file or folder 'gone.png'"),
    (["a.png", "-r", "gone"], "there is no file or folder 'gone'"),
    (["empty"], "no picture was found in 'empty'"),
    (["a.png", "-r", "empty"], "no picture was found in the reference folder 'empty'"),
    (["a.png", "-m", "musiq"], "musiq-koniq needs weights that are not there. Put into "),
  ]

  @Test(arguments: wrong.indices) func wrongUse(index: Int) throws {
    let (arguments, words) = Self.wrong[index]
    let folder = try TemporaryFolder()
    try folder.write(try Samples.picture(8, 8).encoded(as: .png).bytes, to: "a.png")
    try folder.write("notes".utf8, to: "empty/notes.txt")
    let outcome = try Program.run(["score"] + arguments, in: folder.path)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func listsMetrics() throws {
    let folder = try TemporaryFolder()
    try folder.write([0], to: "metrics/RN50.pt")
    let environment = ["BURNISH_HOME": folder.path]
    let outcome = try Program.run(["score", "--list"], environment: environment)
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "Weights are looked for in \(folder.path)/metrics.")
    func line(_ name: String) -> String { lines.first { $0.hasPrefix(name + " ") } ?? "" }
    #expect(line("psnr-y").contains("↑ ready") && line("lpips-alex").contains("↓ absent"))
    #expect(line("clipiqa-5pair").contains("↑ ready") && line("maniqa-pipal").contains("(also: maniqa)"))
    #expect(outcome.output.contains("BSD-2-Clause") && outcome.output.contains("\(folder.path)/metrics/RN50.pt"))

    let few = try Program.run(["score", "--list", "-m", "psnr,lpips", "--format", "json"], environment: environment)
    let list = try #require(try JSONSerialization.jsonObject(with: Data(few.output.utf8)) as? [[String: Any]])
    #expect(list.map { $0["name"] as? String } == ["psnr-y", "lpips-alex"])
    #expect(list.map { $0["available"] as? Bool } == [true, false])
  }

  // MARK: Published numbers, of photographs that are not part of the repository

  private func score(_ arguments: [String], _ name: String) throws -> Double {
    let outcome = try Program.run(["score"] + arguments + ["-m", name, "--format", "json"])
    let summary = try json(outcome)["summary"] as? [String: [String: Any]]
    return try #require(summary?.values.first?["mean"] as? Double, "\(outcome.errors)")
  }

  /// BasicSR states 5.7295763, MATLAB R2021a 5.72957338.
  @Test(.enabled(if: SharedFolder.has("photos/hq/baboon.png"), "the photographs are absent"))
  func niqeOfTheBaboon() throws {
    #expect(abs(try score([SharedFolder.path("photos/hq/baboon.png")], "niqe") - 5.7295763) < 5e-5)
  }

  @Test(.enabled(if: SharedFolder.has("photos/calib/dists_r0.png"), "the photographs are absent"))
  func calibrationPairs() throws {
    func calib(_ name: String) -> String { SharedFolder.path("photos/calib/\(name).png") }
    let dists = [calib("dists_r1"), "-r", calib("dists_r0")]
    #expect(abs(try score(dists, "psnr-rgb") - 22.7901) < 1e-4)
    #expect(abs(try score(dists, "ssim") - 0.73587) < 1e-5)
    for (name, psnr, ssim) in [("lpips_ex_p0", 18.0455, 0.45294), ("lpips_ex_p1", 13.8675, 0.31104)] {
      let pair = [calib(name), "-r", calib("lpips_ex_ref")]
      #expect(abs(try score(pair, "psnr-rgb") - psnr) < 1e-4)
      #expect(abs(try score(pair, "ssim") - ssim) < 1e-5)
    }
  }

  /// The authors' example, where the weights are installed: `BURNISH_METRICS` names their folder's parent.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["BURNISH_METRICS"] != nil, "BURNISH_METRICS is not set"),
    .enabled(if: SharedFolder.has("photos/calib/dists_r0.png"), "the photographs are absent"))
  func distsOfTheAuthors() throws {
    let home = ProcessInfo.processInfo.environment["BURNISH_METRICS"]
    let outcome = try Program.run(
      [
        "score", SharedFolder.path("photos/calib/dists_r1.png"), "-r", SharedFolder.path("photos/calib/dists_r0.png"),
        "-m", "dists", "--format", "json",
      ], environment: ["BURNISH_HOME": home])
    let summary = try json(outcome)["summary"] as? [String: [String: Any]]
    #expect(abs((summary?["dists"]?["mean"] as? Double ?? 0) - 0.3347) < 1e-3, "\(outcome.errors)")
  }
}
