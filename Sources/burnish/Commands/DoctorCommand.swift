internal import ArgumentParser

/// `burnish doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what this machine has, and what to do about what it lacks.",
    discussion: "Exit codes: 0 everything needed is there, 1 something is missing (its line says what to do).")

  @Flag(help: "Write JSON to standard output, for programs.")
  var json = false

  func run() throws {
    let findings = Doctor.examine()
    if json {
      Terminal.output(try Doctor.json(findings))
    } else {
      for finding in findings { Terminal.output(finding.line) }
    }
    if findings.contains(where: { $0.state == .missing }) { throw ExitCode(1) }
  }
}
