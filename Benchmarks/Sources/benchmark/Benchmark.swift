import ArgumentParser

/// Measures Burnish, alone or beside the reference library.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures Burnish, alone or beside the reference library.",
    subcommands: [
      CompareCommand.self, MeasureCommand.self, SystemsCommand.self, DegradeCommand.self, ScoreCommand.self,
      TrainCommand.self, TrainStepsCommand.self,
    ],
    defaultSubcommand: CompareCommand.self)
}

/// What went wrong with a measurement.
struct BenchmarkError: Error, CustomStringConvertible {
  /// What was being done, with which value, and what to do.
  let description: String

  init(_ description: String) { self.description = description }
}
