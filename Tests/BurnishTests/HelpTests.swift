import Foundation
import TestSupport
import Testing

/// The help texts, word for word: they are what most people read of a program.
///
/// After a change that is meant: `COLUMNS=100 burnish restore --help > Tests/Fixtures/Help/restore.txt`.
struct HelpTests {
  @Test(arguments: [
    "restore", "degrade", "score", "evaluate", "train", "synthesize", "models", "models-list", "models-show",
    "models-verify",
    "models-import",
    "doctor",
  ]) func commands(name: String) throws {
    let words = name.split(separator: "-").map(String.init)
    let outcome = try Program.run(words + ["--help"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let wanted = try text(name)
    #expect(outcome.output == wanted)
    #expect(try Program.run(["help"] + words).output == outcome.output)
  }

  @Test func theProgram() throws {
    let outcome = try Program.run(["--help"])
    let wanted = try text("burnish")
    #expect(outcome.status == 0 && outcome.output == wanted)
    // Without a command: the same.
    let bare = try Program.run([])
    #expect(bare.status == 0 && bare.output == outcome.output)
  }

  @Test func everyOptionIsExplained() throws {
    let lines = try text("restore").split(separator: "\n").filter { $0.hasPrefix("  -") }
    #expect(lines.count > 20)
    for line in lines { #expect(line.split(separator: "  ").count >= 2 || line.count > 25, "\(line)") }
  }

  @Test func theVersion() throws {
    let outcome = try Program.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try contents(Fixture.path("Help/\(name).txt")), as: UTF8.self)
  }
}
