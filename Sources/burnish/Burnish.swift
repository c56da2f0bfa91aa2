internal import ArgumentParser
internal import Foundation

/// The command line.
@main
struct Burnish: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "burnish",
    abstract: "Restores real photographs: small, blurred, noisy, over-compressed, old.",
    version: Version.current,
    subcommands: [
      RestoreCommand.self, ModelsCommand.self, DegradeCommand.self, ScoreCommand.self, EvaluateCommand.self,
      TrainCommand.self, SynthesizeCommand.self, DoctorCommand.self,
    ])

  /// Runs a command and ends the program with its exit code: 0 done, 1 failed, 2 wrong usage.
  static func main() {
    Terminal.occupyStandardDescriptors()
    // A limit on the size of files is then an error of the write, after which nothing half is left.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(report(error))
    }
  }

  /// Says what went wrong and answers the exit code. Argument parser's own code for wrong usage is 64.
  private static func report(_ error: any Error) -> Int32 {
    // Thrown by a running command: argument parser would name the whole program's usage, which helps nobody.
    if error is UsageError || error is ValidationError {
      Terminal.say("Error: \(ErrorText.of(error))")
      return 2
    }
    let code = exitCode(for: error)
    if code.isSuccess {
      let message = fullMessage(for: error)
      if !message.isEmpty { Terminal.output(message) }
      return 0
    }
    if code == .validationFailure {
      Terminal.say(fullMessage(for: error))
      return 2
    }
    if !(error is ExitCode) { Terminal.say("Error: \(ErrorText.of(error))") }
    return code.rawValue
  }
}

/// The version that outputs and reports carry.
enum Version {
  static let current = "0.1.0"
}
