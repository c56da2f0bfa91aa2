internal import ArgumentParser
internal import Foundation
internal import Restorers

/// `burnish restore`.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Restores and enlarges pictures.",
    discussion: """
      An input may be a picture or a folder, which is searched recursively (hidden files and links to folders are left out); \
      with a folder, or with several inputs, the output is a folder with the same tree. Pictures whose output is there \
      already are skipped unless --overwrite is given.

      Exit codes: 0 all done, 1 some pictures failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Argument(help: "Pictures, or folders of pictures; without any, a picture is drawn to try with.")
  var inputs: [String] = []

  @Option(name: [.short, .long], help: ArgumentHelp("The picture or folder to write.", valueName: "path"))
  var output: String?

  @Option(help: ArgumentHelp("A model's name, or the folder of one.", valueName: "name|folder"))
  var model = "starter"

  @Option(
    help: ArgumentHelp("How many times larger, whole or not (default: the model's own factor, 4).", valueName: "factor")
  )
  var scale: Double?

  @Option(help: ArgumentHelp("Width of the output in pixels, the height in proportion.", valueName: "pixels"))
  var width: Int?

  @Option(help: ArgumentHelp("Height of the output in pixels, the width in proportion.", valueName: "pixels"))
  var height: Int?

  @Option(
    help: ArgumentHelp(
      "Network steps: fewer are faster and closer to the input (default: the model's own).", valueName: "count"))
  var steps: Int?

  @Option(help: ArgumentHelp("Fixes everything random: the same seed gives the same picture.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("What the picture shows, for systems that read text.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("What the picture shall not show, for systems that read text.", valueName: "text"))
  var negativePrompt: String?

  @Option(
    help: ArgumentHelp(
      "From 0 (the model's freedom) to 1 (closest to the input); default: the model's own balance.", valueName: "0…1"))
  var fidelity: Double?

  @Option(help: ArgumentHelp("How colours are held to the input's: wavelet, adain or none.", valueName: "kind"))
  var colorFix = "wavelet"

  @Option(
    help: ArgumentHelp(
      "Tiles: auto (as memory allows), off, or a side in pixels at the model's own factor.",
      valueName: "auto|off|pixels"))
  var tile = "auto"

  @Option(help: ArgumentHelp("Memory that the run may take, such as 8G or 900M; sizes every tile.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("Quality of JPEG, WebP, HEIF and AVIF outputs, 1…100.", valueName: "1…100"))
  var quality = 95

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Write one JSON object a line to standard output, for programs.")
  var json = false

  @Flag(help: "Write outputs that are there already anew.")
  var overwrite = false

  func validate() throws {
    if output == nil, !inputs.isEmpty {
      throw ValidationError("missing the output: say where the restored picture goes with -o, such as -o restored.png")
    }
    if [scale.map { _ in 1 }, width, height].compactMap({ $0 }).count > 1 {
      throw ValidationError("--scale, --width and --height exclude each other: give one of them")
    }
    if let scale, !(scale > 0 && scale <= 64) {
      throw ValidationError("--scale must be above 0 and at most 64, not \(scale)")
    }
    for (name, value) in [("--width", width), ("--height", height)] {
      if let value, !(1...1_000_000).contains(value) {
        throw ValidationError("\(name) must be within 1…1000000, not \(value)")
      }
    }
    if let steps, steps < 1 { throw ValidationError("--steps must be at least 1, not \(steps)") }
    if let fidelity, !(0...1).contains(fidelity) {
      throw ValidationError("--fidelity must be within 0…1, not \(fidelity)")
    }
    if !(1...100).contains(quality) { throw ValidationError("--quality must be within 1…100, not \(quality)") }
    _ = try request()
  }

  func run() throws {
    let (device, dtype) = try machine.prepare()
    Interruption.install()
    // A bad model or path is a matter of usage: say so before anything is loaded or drawn.
    let located = try ModelLocator.locate(model)
    let jobs = try jobs()
    let runner = RestoreRunner(
      model: located, device: device, dtype: dtype, target: target, request: try request(), quality: quality,
      overwrite: overwrite, report: report())
    let summary = try runner.run(jobs)
    if summary.interrupted { throw ExitCode(Interruption.exitCode) }
    if summary.failed > 0 { throw ExitCode(1) }
  }

  private func jobs() throws -> [RestoreJob] {
    guard let output else {
      return try RestoreJob.collect(inputs: [try DemoPicture.write()], output: DemoPicture.output)
    }
    return try RestoreJob.collect(inputs: inputs.isEmpty ? [try DemoPicture.write()] : inputs, output: output)
  }

  private func report() -> any RestoreReport {
    if json { return JSONReport() }
    return Terminal.isInteractive ? BarReport() : LineReport()
  }

  /// nil is the model's own factor.
  private var target: TargetSize? {
    if let width { return .width(width) }
    if let height { return .height(height) }
    return scale.map { .scale($0) }
  }

  private func request() throws -> RestorationRequest {
    guard let fix = ColorFix(rawValue: colorFix) else {
      throw ValidationError("--color-fix '\(colorFix)' is not known; it takes wavelet, adain or none")
    }
    return RestorationRequest(
      steps: steps, seed: seed, prompt: prompt, negativePrompt: negativePrompt, fidelity: fidelity, colorFix: fix,
      tile: try tileChoice(), memory: try memory.map { try ByteCount.parse($0) })
  }

  private func tileChoice() throws -> TileChoice {
    switch tile {
    case "auto": return .automatic
    case "off": return .off
    default:
      guard let side = Int(tile), side >= 64 else {
        throw ValidationError("--tile '\(tile)' is not known; it takes auto, off, or a side of at least 64 pixels")
      }
      return .side(side)
    }
  }
}
