internal import ArgumentParser

/// The command line.
@main
struct Burnish: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "burnish",
    abstract: "Restores real photographs: small, blurred, noisy, over-compressed, old.",
    version: Version.current,
    subcommands: [RestoreCommand.self, TrainCommand.self, DoctorCommand.self])
}

/// The version that outputs and reports carry.
enum Version {
  static let current = "0.1.0"
}
