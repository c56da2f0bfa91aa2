import Foundation
import TestSupport
import Testing

@testable import Pictures

/// `burnish degrade`, as people and scripts use it.
struct DegradeTests {
  /// A tree with pictures of several kinds, and one that is none.
  static func album() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Samples.picture(40, 32).encoded(as: .png).bytes, to: "in/a.png")
    try folder.write(Samples.picture(33, 21).encoded(as: .jpeg).bytes, to: "in/deep/er/b.JPG")
    try folder.write(Samples.picture(16, 16).encoded(as: .tiff).bytes, to: "in/c d.tif")
    try folder.write("no picture".utf8, to: "in/broken.png")
    return folder
  }

  static let results = ["a", "c d", "deep/er/b"]

  @Test func aTreeIsMirrored() throws {
    let folder = try Self.album()
    let arguments = ["degrade", "in", "-o", "out", "--recipe", "mixture-x4", "--seed", "3", "--json"]
    let first = try Program.run(arguments, in: folder.path)
    // One is broken: it is named, the others are finished.
    #expect(first.status == 1)
    #expect(FolderTests.files(folder.file("out")) == Self.results.flatMap { [$0 + ".json", $0 + ".png"] }.sorted())
    let failed = first.events("failed")
    #expect(failed.count == 1 && failed.first?["input"] as? String == "in/broken.png")
    #expect((failed.first?["error"] as? String)?.contains("it is not a picture of a known kind") == true)
    let begin = try #require(first.events("begin").first)
    #expect(begin["count"] as? Int == 4 && begin["recipe"] as? String == "mixture-x4" && begin["seed"] as? Int == 3)
    let end = try #require(first.events("end").first)
    #expect(end["done"] as? Int == 3 && end["failed"] as? Int == 1 && end["skipped"] as? Int == 0)
    for (name, width, height) in [("a", 10, 8), ("c d", 4, 4), ("deep/er/b", 9, 6)] {
      let picture = try Picture.read(path: folder.file("out/\(name).png"))
      #expect((picture.width, picture.height, picture.bitDepth) == (width, height, 8), "\(name)")
      #expect(picture.provenance["recipe"] == "mixture-x4" && picture.provenance["seed"] == "3")
    }
    let done = try #require(first.events("done").first { $0["input"] as? String == "in/deep/er/b.JPG" })
    #expect(
      done["input_width"] as? Int == 33 && done["width"] as? Int == 9
        && done["output"] as? String == "out/deep/er/b.png")

    // Finished pictures are skipped; a missing one is made, as it was.
    let before = try contents(folder.file("out/a.png"))
    try FileManager.default.removeItem(atPath: folder.file("out/a.png"))
    try FileManager.default.removeItem(atPath: folder.file("in/broken.png"))
    let second = try Program.run(arguments, in: folder.path)
    #expect(second.status == 0)
    #expect(second.events("skipped").count == 2 && second.events("done").count == 1)
    #expect(second.events("skipped").allSatisfy { $0["note"] == nil })
    #expect(try contents(folder.file("out/a.png")) == before)
    #expect(try Program.run(arguments + ["--overwrite"], in: folder.path).events("done").count == 3)
  }

  @Test(arguments: ["real-esrgan", "bsrgan"]) func theSameSeedTheSameBytesWithAnyThreads(recipe: String) throws {
    let folder = try Self.album()
    for index in 0..<6 { try folder.write(FolderTests.sample(), to: "in/more/\(index).png") }
    func files(_ output: String, _ arguments: String...) throws -> [String: [UInt8]] {
      let outcome = try Program.run(
        ["degrade", "in", "-o", output, "--recipe", recipe] + arguments, in: folder.path)
      #expect(outcome.status == 1, "\(outcome.errors)")
      return Dictionary(
        uniqueKeysWithValues: try FolderTests.files(folder.file(output)).map {
          ($0, try contents(folder.file("\(output)/\($0)")))
        })
    }
    let alone = try files("one", "--seed", "9", "--threads", "1")
    #expect(alone.count == 18)
    #expect(try files("eight", "--seed", "9", "--threads", "8") == alone)
    #expect(try files("other", "--seed", "10") != alone)
    // A picture's draw does not depend on the others, nor on where the folder lies.
    let single = try Program.run(
      ["degrade", "in/a.png", "-o", "single.png", "--recipe", recipe, "--seed", "9"], in: folder.path)
    #expect(single.status == 0)
    #expect(try contents(folder.file("single.png")) == alone["a.png"])
  }

  @Test func theRecordTellsWhatHappened() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(24, 20).write(path: folder.file("a.png"))
    let outcome = try Program.run(
      ["degrade", "a.png", "-o", "low.png", "--recipe", "mixture-x4", "--seed", "18446744073709551615"], in: folder.path
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("degrading 1 picture by mixture-x4, seed 18446744073709551615, 1 at once\n"))
    #expect(outcome.errors.contains("a.png: wrote low.png, 24 × 20 to 6 × 5\n1 done in "))
    let text = String(decoding: try contents(folder.file("low.json")), as: UTF8.self)
    let record = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(record["input"] as? String == "a.png" && record["name"] as? String == "a.png")
    #expect(record["width"] as? Int == 24 && record["height"] as? Int == 20)
    #expect(text.contains("18446744073709551615"))
    let steps = try #require(record["steps"] as? [[String: Any]])
    #expect(steps.compactMap(\.keys.first) == ["blur", "resize_to_fraction", "gaussian_noise", "jpeg"])
    #expect((steps[3]["jpeg"] as? [String: Any])?["quality"] as? Int == 50)
    #expect(((steps[0]["blur"] as? [String: Any])?["kernel"] as? [String: Any])?["sigma_x"] as? Double == 2)
  }

  /// What was made by another recipe or seed stays, but not silently.
  @Test func resultsOfAnotherRunAreNoted() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(16, 16).write(path: folder.file("a.png"))
    func run(_ recipe: String, _ seed: String) throws -> Program.Outcome {
      try Program.run(["degrade", "a.png", "-o", "low.png", "--recipe", recipe, "--seed", seed], in: folder.path)
    }
    #expect(try run("noise-x4", "1").status == 0)
    let words =
      "a.png: low.png is there already, made by noise-x4 with the seed 1, skipped (--overwrite makes it anew)\n"
    #expect(try run("noise-x4", "2").errors.contains(words))
    #expect(try run("bicubic-x4", "1").errors.contains(words))
    #expect(try run("noise-x4", "1").errors.contains("a.png: low.png is there already, skipped (--over"))
  }

  @Test func sixteenBitsTransparencyAndSinglePixels() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(16, 12, bitDepth: 16).write(path: folder.file("deep.png"))
    try Samples.picture(1, 1).write(path: folder.file("dot.png"))
    try Samples.picture(16, 12, alpha: { _, _ in 0 }).write(path: folder.file("clear.png"))
    try Samples.picture(16, 12, isGrey: true).write(path: folder.file("grey.png"))
    let outcome = try Program.run(
      ["degrade", "deep.png", "dot.png", "clear.png", "grey.png", "-o", "out", "--recipe", "bicubic-x4"],
      in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("clear.png: warning: the transparency was laid onto white"))
    for name in ["deep", "dot", "clear", "grey"] {
      let picture = try Picture.read(path: folder.file("out/\(name).png"))
      #expect(picture.bitDepth == 8 && picture.alpha == nil && !picture.isGrey, "\(name)")
    }
    #expect(try Picture.read(path: folder.file("out/clear.png")).colour.allSatisfy { $0 == 1 })
    #expect(try Picture.header(path: folder.file("out/dot.png")).width == 1)
  }

  @Test func recipesAreListedShownAndRead() throws {
    let list = try Program.run(["degrade", "--list-recipes"])
    #expect(list.status == 0)
    let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(
      names == [
        "bicubic-x4", "blur-x4", "noise-x4", "mixture-x4", "real-esrgan", "real-esrgan-mild", "stablesr", "bsrgan",
        "blind-x4",
      ])
    let folder = try TemporaryFolder()
    try Samples.picture(24, 20).write(path: folder.file("a.png"))
    let shown = try Program.run(["degrade", "--show-recipe", "real-esrgan"])
    #expect(shown.status == 0 && shown.output.hasPrefix("name: real-esrgan\n"))
    try folder.write(shown.output.utf8, to: "same.yaml")
    try folder.write("operations:\n- jpeg: {quality: 10}\n".utf8, to: "mine.yml")
    for (recipe, output) in [("real-esrgan", "1.png"), ("same.yaml", "2.png"), ("mine.yml", "3.png")] {
      let outcome = try Program.run(["degrade", "a.png", "-o", output, "--recipe", recipe], in: folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(try contents(folder.file("1.png")) == contents(folder.file("2.png")))
    #expect(try Picture.read(path: folder.file("3.png")).provenance["recipe"] == "mine")
    #expect(try Picture.header(path: folder.file("3.png")).width == 24)
  }

  @Test(arguments: [
    (["degrade"], "missing the input: name pictures, or folders of pictures"),
    (["degrade", "in"], "missing the output: say where the degraded pictures go with -o"),
    (["degrade", "in", "-o", "out"], "missing the recipe: name one with --recipe"),
    (
      ["degrade", "in", "-o", "out", "--recipe", "bsrgann"], "looking for the degradation recipe 'bsrgann': there are "
    ),
    (["degrade", "in", "-o", "out", "--recipe", "bsrgann"], "; did you mean 'bsrgan'?"),
    (["degrade", "in", "-o", "out", "--recipe", "gone.yaml"], "reading the degradation recipe 'gone.yaml': "),
    (
      ["degrade", "in", "-o", "out", "--recipe", "bad.yaml"],
      "unknown key 'operations[0].blur.sigmas'; did you mean 'sigma'?"
    ),
    (
      ["degrade", "in", "-o", "out", "--recipe", "wild.yaml"],
      "operations[0].noise.sigma is 300 to 300; it must be within 0…255"
    ),
    (["degrade", "--show-recipe", "none"], "looking for the degradation recipe 'none'"),
    (["degrade", "empty", "-o", "out", "--recipe", "bsrgan"], "no picture was found in 'empty'"),
    (["degrade", "gone", "-o", "out", "--recipe", "bsrgan"], "there is no file or folder 'gone'"),
    (["degrade", "in", "-o", "in", "--recipe", "bsrgan"], "'in/a.png' would be overwritten by its own degradation"),
    (
      ["degrade", "twice", "-o", "out", "--recipe", "bsrgan"],
      "would both be written to 'out/a.png'; degrade them one at a time"
    ),
    (["degrade", "in", "-o", "out", "--recipe", "bsrgan", "--threads", "0"], "--threads must be within 1…1024, not 0"),
    (
      ["degrade", "in", "-o", "out", "--recipe", "bsrgan", "--seed", "x"],
      "The value 'x' is invalid for '--seed <number>'"
    ),
  ])
  func wrongUses(arguments: [String], words: String) throws {
    let folder = try TemporaryFolder()
    for name in ["in/a.png", "twice/a.png", "twice/a.gif"] { try folder.write(FolderTests.sample(), to: name) }
    try folder.write("nothing".utf8, to: "empty/notes.txt")
    try folder.write("operations: [{blur: {sigmas: 3}}]".utf8, to: "bad.yaml")
    try folder.write("operations: [{noise: {sigma: 300}}]".utf8, to: "wild.yaml")
    let before = tree(folder.path)
    let outcome = try Program.run(arguments, in: folder.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty && tree(folder.path) == before)
  }

  /// Nothing half is left where a result cannot be written.
  @Test func aFolderInTheWay() throws {
    let folder = try TemporaryFolder()
    for name in ["in/a.png", "in/b.png", "out/a.png/x"] { try folder.write(FolderTests.sample(), to: name) }
    let outcome = try Program.run(["degrade", "in", "-o", "out", "--recipe", "bicubic-x4"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("in/a.png: failed: Could not write 'out/a.png'"), "\(outcome.errors)")
    #expect(FolderTests.files(folder.file("out")) == ["a.png/x", "b.json", "b.png"])
  }
}
