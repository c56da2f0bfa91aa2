internal import ArgumentParser
internal import Foundation

/// The command line.
@main
struct Burnish: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "burnish",
    abstract: "Restores real photographs: small, blurred, noisy, over-compressed, old.",
    version: Version.current,
    subcommands: [RestoreCommand.self, TrainCommand.self, DoctorCommand.self])

  /// Runs a command and ends the program with its exit code: 0 done, 1 failed, 2 wrong usage.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(report(error))
    }
  }

  /// Says what went wrong and answers the exit code. Argument parser's own code for wrong usage is 64.
  private static func report(_ error: any Error) -> Int32 {
    if let usage = error as? UsageError {
      Terminal.say("Error: \(usage)")
      return 2
    }
    let code = exitCode(for: error)
    let message = fullMessage(for: error)
    if code.isSuccess {
      if !message.isEmpty { Terminal.output(message) }
      return 0
    }
    if !(error is ExitCode), !message.isEmpty { Terminal.say(message) }
    return code == .validationFailure ? 2 : code.rawValue
  }
}

/// The version that outputs and reports carry.
enum Version {
  static let current = "0.1.0"
}
