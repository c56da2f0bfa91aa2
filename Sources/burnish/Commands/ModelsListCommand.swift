internal import ArgumentParser
internal import Foundation
internal import Restorers

/// `burnish models list`.
struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the models that this version knows, and where they are installed.")

  func run() {
    let width = RestorerRegistry.entries.map(\.name.count).max() ?? 0
    for entry in RestorerRegistry.entries {
      let name = entry.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let place = ModelLocator.places(of: entry).first(where: entry.recognises)
      Terminal.output("\(name)  \(entry.summary)")
      Terminal.output(String(repeating: " ", count: width + 2) + (place.map { "in \($0)" } ?? "not installed"))
    }
  }
}
