internal import ArgumentParser
internal import Datasets
internal import Degradation
internal import Foundation
internal import Pictures
internal import Priors
internal import Restorers
internal import Torch
internal import Training

/// `burnish train`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a model by a recipe.",
    discussion: """
      The run's folder (the recipe's 'output') holds log.jsonl, a state to go on from, and the model as it stands, which \
      'burnish restore --model FOLDER' takes at once. Ctrl-C stops after the current step and saves.
      """)

  @Argument(help: "A recipe in YAML; see Models/starter/recipe.yaml and docs/training.md.")
  var recipe: String

  @Flag(help: "Go on from the state in the run's folder.")
  var resume = false

  @Option(help: ArgumentHelp("Take training pictures from this folder instead of the recipe's.", valueName: "folder"))
  var data: [String] = []

  @Option(help: ArgumentHelp("Measure with the pictures of this folder instead of the recipe's.", valueName: "folder"))
  var validation: [String] = []

  @OptionGroup var machine: MachineOptions

  func run() throws {
    Interruption.install()
    let (best, dtype) = try machine.prepare()
    let place = try WorkerPlace(environment: ProcessInfo.processInfo.environment)
    let device = machine.ownDevice(best, localRank: place?.localRank)
    guard dtype != .float16 else {
      throw ValidationError("training in fp16 would round small gradients to nothing; take --dtype bf16 or fp32")
    }
    let text: String
    do { text = try String(contentsOfFile: recipe, encoding: .utf8) } catch {
      throw ValidationError("cannot read the recipe '\(recipe)': \(error.localizedDescription)")
    }
    var host = host(device, dtype)
    if let place {
      let group = try ProcessGroup(place)
      host.group = group
      if group.isFirst {
        host.say("\(group.size) processes share the run")
      } else {
        host.say = { _ in }
        host.report = { _, _, _ in }
      }
    }
    try TrainingKind.train(text, name: recipe, host: host)
  }

  /// This program's pictures, codec and terminal.
  private func host(_ device: Device, _ dtype: DType) -> TrainingHost {
    let display = TrainingDisplay()
    var host = TrainingHost(
      decoder: VipsDecoder(), codec: VipsJPEGCodec(), device: device, dtype: dtype, resume: resume,
      writePicture: { picture_BCHW, path in
        _ = try Picture(
          width: picture_BCHW.size(3), height: picture_BCHW.size(2), colour: try picture_BCHW.floats()
        ).write(path: path)
      }, say: { Terminal.say($0) },
      report: { display.show($0, $1, $2) }, shouldStop: { Interruption.isRequested })
    host.folders = data
    host.validation = validation
    return host
  }
}
