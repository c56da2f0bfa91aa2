import Foundation
import TestSupport
import Testing

/// The program as a script meets it: lines, streams and exit codes.
struct CommandTests {
  private struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs the program that was built with these tests.
  private func parity(_ arguments: [String]) throws -> Outcome {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let candidates = [folder, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
    let program = try #require(
      candidates.map { $0.appendingPathComponent("parity") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }, "no program 'parity' beside the tests")
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, errors: complaints)
  }

  @Test func goesOnAfterAFailureAndSaysSoAtTheEnd() throws {
    let folder = try TemporaryFolder()
    try folder.write([0], to: "broken.safetensors")
    let good = Fixture.path("ColorFix/color-fix.safetensors")
    let outcome = try parity([folder.file("broken.safetensors"), good])
    #expect(outcome.status == 1)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first == "broken.safetensors  nan  nan  FAIL")
    #expect(lines.last?.wholeMatch(of: /color-fix  \d\.\d\de-\d\d  \d\.\d\de-\d\d  PASS/) != nil, "\(outcome.output)")
    #expect(outcome.errors.contains("too short"))
    #expect(try parity([good]).status == 0)
  }

  @Test func checksManifests() throws {
    let outcome = try parity(["--manifest", Fixture.path("Manifests/sdxl-base-unet.json")])
    #expect(outcome.status == 0)
    #expect(outcome.output == "sdxl-base-unet  1680  0  0  0  PASS\n")
  }

  @Test func fabricates() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"component": "autoencoder-kl", "tensors": {"a.weight": [4, 2]}}"#.utf8, to: "m.json")
    func fabricate(_ name: String, _ options: [String]) throws -> Data {
      let outcome = try parity(["--fabricate", folder.file("m.json"), "-o", folder.file(name)] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    }
    let first = try fabricate("a", ["--seed", "5"])
    #expect(try fabricate("b", ["--seed", "5"]) == first)
    #expect(try fabricate("c", ["--seed", "6"]) != first)
    #expect(try fabricate("d", ["--seed", "5", "--dtype", "fp32"]).count > first.count)
  }

  @Test(arguments: [
    ([String](), "Name the files to run"), (["--fabricate", "m.json"], "--fabricate needs -o FILE"),
    (["-o", "x", "f.safetensors"], "-o belongs to --fabricate"),
    (["--fabricate", "m.json", "-o", "x", "y.json"], "takes one manifest and no other files"),
    (["--tokenizer", "clip", "folder"], "--tokenizer takes a tokenizer's folder and a case file"),
    (["--tokenizer", "clip", "folder", "cases.json", "--manifest"], "and no other modes"),
    (["--tokenizer", "word", "folder", "cases.json"], "word"), (["--dtype", "int3", "f"], "int3"),
    (["--nonsense", "f"], "Unknown option"),
  ])
  func answersWrongUsageWithTwo(arguments: [String], words: String) throws {
    let outcome = try parity(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func runsTokenizerCases() throws {
    let folder = Fixture.path("Tokenizers/clip")
    let right = try parity(["--tokenizer", "clip", folder, folder + "/cases.json"])
    #expect(right.status == 0)
    #expect(right.output == "79  79  PASS\n")
    let wrong = try parity(["--tokenizer", "clip", folder, folder + "/real-vocabulary-cases.json"])
    #expect(wrong.status == 1)
    #expect(wrong.output.hasSuffix("\n27  0  FAIL\n"))
    #expect(wrong.errors.contains("does not hold the vocabulary of"), "\(wrong.errors)")
  }

  @Test func failsForAManifestThatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let outcome = try parity(["--fabricate", folder.file("none.json"), "-o", folder.file("x")])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("could not read"), "\(outcome.errors)")
    #expect(try folder.names().isEmpty)
  }
}
