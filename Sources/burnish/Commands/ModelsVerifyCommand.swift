internal import ArgumentParser
internal import Restorers
internal import Torch

/// `burnish models verify`.
struct ModelsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Loads a model and checks that every weight is there, of the right shape, and none too many.",
    discussion:
      "Exit codes: 0 the model is sound, 1 it is not (the message names file and key), 2 there is no such model.")

  @Argument(help: ArgumentHelp("A model's name, or the folder of one.", valueName: "name|folder"))
  var model: String

  func run() throws {
    try Machine.checkVersion()
    let located = try ModelLocator.locate(model)
    let restorer = try located.entry.load(located.folder, Machine.preferredDType(on: .cpu), .cpu)
    try restorer.verify()
    Terminal.output(
      "\(located.entry.name) in \(located.folder) is complete: ×\(restorer.scale), \(restorer.defaultSteps) steps")
  }
}
