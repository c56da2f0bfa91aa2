internal import ArgumentParser
internal import Restorers

/// `burnish models show`.
struct ModelsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Says what a model is, its licence, and which files it needs.")

  @Argument(help: "A model's name.")
  var name: String

  func run() throws {
    guard let entry = RestorerRegistry.entry(named: name) else { throw ModelLocator.unknown(name) }
    let place = ModelLocator.places(of: entry).first(where: entry.recognises)
    let folder = ModelFolder(place ?? ModelLocator.home + "/" + (entry.folder ?? entry.name), model: name)
    Terminal.output("\(entry.name): \(entry.summary)")
    Terminal.output("licence:  \(entry.licence)")
    for line in entry.details(folder.path) { Terminal.output(line) }
    Terminal.output("folder:   \(folder.path)" + (place == nil ? " (not there yet)" : ""))
    Terminal.output("parts, in the folder or in the one around it:")
    for part in entry.parts {
      let found = folder.find(part)
      let state = found.map { "found: \($0)" } ?? (part.isOptional ? "absent, not always needed" : "absent")
      Terminal.output("  \(part.name): \(part.summary)")
      Terminal.output("    \(state)")
      if found == nil { Terminal.output("    as \(part.places.joined(separator: " or ")), from \(part.source)") }
    }
  }
}
