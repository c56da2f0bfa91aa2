internal import ArgumentParser
internal import Degradation
internal import Foundation

/// `burnish degrade`.
struct DegradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "degrade",
    abstract: "Makes low-quality pictures from good ones, by a recipe.",
    discussion: """
      An input may be a picture or a folder, which is searched recursively; with a folder, or with several inputs, the output \
      is a folder with the same tree. Results are PNG, 8 bits, RGB; what was drawn for a picture stands beside it, as JSON. \
      Pictures whose result is there already are skipped unless --overwrite is given. What is drawn depends on the seed and \
      the picture's path below the folder alone: not on other pictures, their order or the number of threads.

      docs/degradation.md explains recipes. To make one of your own, begin with a known one: \
      burnish degrade --show-recipe real-esrgan > mine.yaml

      Exit codes: 0 all done, 1 some pictures failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Argument(help: "Pictures, or folders of pictures.")
  var inputs: [String] = []

  @Option(name: [.short, .long], help: ArgumentHelp("The picture or folder to write.", valueName: "path"))
  var output: String?

  @Option(help: ArgumentHelp("A recipe's name, or a YAML file.", valueName: "name|file"))
  var recipe: String?

  @Option(help: ArgumentHelp("Fixes everything random: the same seed gives the same pictures.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Pictures at once; all cores when absent.", valueName: "count"))
  var threads: Int?

  @Flag(help: "Write one JSON object a line to standard output, for programs.")
  var json = false

  @Flag(help: "Write results that are there already anew.")
  var overwrite = false

  @Flag(help: "List the recipes that go by a name.")
  var listRecipes = false

  @Option(help: ArgumentHelp("Print a recipe as YAML, to be copied and changed.", valueName: "name|file"))
  var showRecipe: String?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be within 1…1024, not \(threads)")
    }
    guard !listRecipes, showRecipe == nil else { return }
    if inputs.isEmpty { throw ValidationError("missing the input: name pictures, or folders of pictures") }
    if output == nil {
      throw ValidationError("missing the output: say where the degraded pictures go with -o, such as -o degraded/")
    }
    if recipe == nil {
      throw ValidationError(
        "missing the recipe: name one with --recipe, such as --recipe real-esrgan; --list-recipes lists")
    }
  }

  func run() throws {
    if listRecipes { return list() }
    if let showRecipe { return Terminal.output(try find(showRecipe).yaml().trimmingCharacters(in: .newlines)) }
    guard let output, let recipe else { return }
    let found = try find(recipe)
    let jobs = try RestoreJob.collect(
      inputs: inputs, output: output, work: .init(verb: "degrade", noun: "degradation"),
      outputName: { ($0 as NSString).deletingPathExtension + ".png" })
    Interruption.install()
    let runner = DegradeRunner(
      recipe: found, seed: seed, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, overwrite: overwrite,
      report: report())
    let summary = runner.run(jobs)
    if summary.interrupted { throw ExitCode(Interruption.exitCode) }
    if summary.failed > 0 { throw ExitCode(1) }
  }

  /// A wrong recipe is a matter of usage.
  private func find(_ text: String) throws -> DegradationRecipe {
    do { return try DegradationRecipe.find(text) } catch let error as DegradationError {
      throw UsageError(error.message)
    }
  }

  private func list() {
    let width = DegradationRecipe.catalogue.map(\.name.count).max() ?? 0
    for recipe in DegradationRecipe.catalogue {
      Terminal.output(recipe.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + recipe.summary)
    }
  }

  private func report() -> any DegradeReport {
    if json { return DegradeJSONReport() }
    return Terminal.isInteractive ? DegradeBarReport() : DegradeLineReport()
  }
}
