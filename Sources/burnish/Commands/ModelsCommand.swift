internal import ArgumentParser

/// `burnish models`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Lists, explains, checks and imports models.",
    discussion: """
      Models lie in $BURNISH_HOME, or ~/.cache/burnish, one folder each, under the names and in the layout in which their \
      authors publish them.
      """,
    subcommands: [
      ModelsListCommand.self, ModelsShowCommand.self, ModelsVerifyCommand.self, ModelsImportCommand.self,
    ])
}
