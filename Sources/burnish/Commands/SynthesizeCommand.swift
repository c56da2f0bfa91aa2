internal import ArgumentParser
internal import Datasets
internal import Foundation
internal import Torch
internal import Training

/// `burnish synthesize`.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Makes pairs of good and spoilt pictures to train with.",
    discussion: """
      Generates pictures, measures them, spoils them, and keeps the best: docs/synthesize.md has the recipe's keys. A run that \
      was stopped or killed goes on where it was. Several runs may make shares of one data set at once (--shard, or the \
      variables RANK and WORLD_SIZE of a launcher); the one that comes last selects.

      Exit codes: 0 all done, 1 some pictures failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Argument(help: "A recipe in YAML.")
  var recipe: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("The data set's folder in place of the recipe's.", valueName: "folder"))
  var output: String?

  @Option(help: ArgumentHelp("Make one of N equal shares of the seeds, 1/N to N/N.", valueName: "I/N"))
  var shard: String?

  @Option(help: ArgumentHelp("The first seed to make (with --to).", valueName: "seed"))
  var from: UInt64?

  @Option(help: ArgumentHelp("The last seed to make (with --from).", valueName: "seed"))
  var to: UInt64?

  @Flag(help: "Only select: all shares are there, made here or copied into the folder.")
  var finish = false

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Write one JSON object a line to standard output, for programs.")
  var json = false

  func validate() throws {
    if (from == nil) != (to == nil) { throw ValidationError("--from and --to belong together: give both, or neither") }
    if let from, let to, from > to { throw ValidationError("--from \(from) lies behind --to \(to)") }
    if [shard != nil, from != nil, finish].count(where: { $0 }) > 1 {
      throw ValidationError("--shard, --from with --to, and --finish exclude each other")
    }
    if let shard, shard.wholeMatch(of: /[0-9]{1,9}\/[0-9]{1,9}/) == nil {
      throw ValidationError("--shard '\(shard)' is not known; it takes I/N, such as 1/8")
    }
  }

  func run() throws {
    Interruption.install()
    let (device, dtype) = try machine.prepare()
    let recipe = try readRecipe()
    let seeds = recipe.seeds.range
    let folder = output ?? recipe.output
    if finish {
      let synthesis: Synthesis
      do { synthesis = try Synthesis.existing(folder) } catch let error as DatasetError {
        throw UsageError(error.message)
      }
      try select(synthesis, recipe, afterShare: false)
      return
    }
    let share: SeedShard
    let job: SynthesisJob
    let synthesis: Synthesis
    do {
      share = try self.share(of: seeds)
      job = try SynthesisJob(recipe, device: machine.ownDevice(device, localRank: rank("LOCAL_RANK")), dtype: dtype)
      synthesis = try Synthesis(folder, settings: job.settings, tools: job.tools)
    } catch let error as DatasetError {
      throw UsageError(error.message)
    }
    let report = makeReport()
    report.begin(SynthesisDescription(job, folder: folder, share: share, device: job.device, dtype: dtype))
    let summary: Synthesis.Summary
    do {
      summary = try synthesis.make(
        share, shouldStop: { Interruption.isRequested }, report: { report.tell($0) })
    } catch let error as DatasetError where error.code == .argument {
      throw UsageError(error.message)
    }
    report.end(summary)
    if summary.interrupted { throw ExitCode(Interruption.exitCode) }
    if summary.failed > 0 { throw ExitCode(1) }
    try select(synthesis, recipe, afterShare: share.seeds != seeds)
  }

  /// Selects, where all pictures are there.
  /// - Parameter afterShare: Whether others may still be making the rest.
  private func select(_ synthesis: Synthesis, _ recipe: SynthesisRecipe, afterShare: Bool) throws {
    let finish = try synthesis.finish(recipe.seeds.range, rule: recipe.selection.rule)
    makeReport().select(finish, folder: output ?? recipe.output)
    if case .incomplete = finish, !afterShare { throw ExitCode(1) }
  }

  private func readRecipe() throws -> SynthesisRecipe {
    let text: String
    do { text = try String(contentsOfFile: recipe, encoding: .utf8) } catch {
      throw ValidationError("cannot read the recipe '\(recipe)': \(error.localizedDescription)")
    }
    do {
      return try RecipeReader.read(text, name: recipe, defaults: SynthesisRecipe())
    } catch let error as TrainingError {
      throw UsageError(error.message)
    }
  }

  private func share(of seeds: Range<UInt64>) throws -> SeedShard {
    if let from, let to { return try SeedShard(from...to, in: seeds) }
    if let shard {
      let numbers = shard.split(separator: "/").compactMap { Int($0) }
      return try SeedShard(numbers[0], of: numbers[1], in: seeds)
    }
    // What launchers of several processes say: torchrun, Slurm's wrappers, Kubernetes jobs.
    guard let count = try rank("WORLD_SIZE"), count > 1 else { return SeedShard(all: seeds) }
    guard let number = try rank("RANK"), number < count else {
      throw UsageError("WORLD_SIZE is \(count), but RANK is no number from 0 to \(count - 1)")
    }
    return try SeedShard(number + 1, of: count, in: seeds)
  }

  private func rank(_ name: String) throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw UsageError("the variable \(name) is '\(text)', which is no number")
    }
    return number
  }

  private func makeReport() -> any SynthesisReport {
    if json { return SynthesisJSONReport() }
    return SynthesisLineReport(drawsBar: Terminal.isInteractive)
  }
}
