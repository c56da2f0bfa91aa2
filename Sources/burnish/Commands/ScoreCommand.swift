internal import ArgumentParser
internal import Foundation
internal import Quality
internal import Torch

/// `burnish score`.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Measures pictures, alone or beside references.",
    discussion: """
      An input may be a picture or a folder, which is searched recursively. The reference is a picture, or a folder with \
      pictures of the same relative names (endings may differ). Names of metrics say the variant: psnr is psnr-y, ssim is \
      ssim-y, niqe is niqe-y, lpips is lpips-alex; docs/metrics.md has the definitions. Networks run in float32.

      Exit codes: 0 all done, 1 some pictures failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Argument(help: "Pictures, or folders of pictures.")
  var images: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The picture or folder to compare with.", valueName: "path"))
  var reference: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Metrics, with commas between; NAME-crop4 cuts a border of 4 from one (default: psnr,ssim,niqe, without reference niqe).",
      valueName: "names"))
  var metrics: String?

  @Option(help: ArgumentHelp("Output: table, csv or json.", valueName: "kind"))
  var format = "table"

  @Option(
    help: ArgumentHelp("Pixels to cut from each side before PSNR, SSIM and NIQE.", valueName: "pixels"))
  var cropBorder = 0

  @Flag(help: "List the metrics: direction, weights, licence, and whether they can be computed here.")
  var list = false

  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard ScoreFormat(rawValue: format) != nil else {
      throw ValidationError("--format '\(format)' is not known; it takes table, csv or json")
    }
    guard (0...9999).contains(cropBorder) else {
      throw ValidationError("--crop-border must be within 0…9999, not \(cropBorder)")
    }
    guard ["auto", "fp32"].contains(machine.dtype) else {
      throw ValidationError("--dtype \(machine.dtype): metrics are defined in float32; leave the option out")
    }
    guard list || !images.isEmpty else {
      throw ValidationError("missing the pictures: say which to measure, such as 'burnish score restored.png'")
    }
    _ = try choices()
  }

  func run() throws {
    if list {
      try printList()
      return
    }
    let choices = try choices()
    let jobs = try ScoreJob.collect(inputs: images, reference: reference)
    let (device, _) = try machine.prepare()
    Interruption.install()
    let runner = ScoreRunner(try choices.load(on: device), device: device)
    if choices.all.contains(where: { $0.entry.kind == .sets }), let reference {
      runner.referenceSet = try ScoreJob.collect(inputs: [reference], reference: nil).map(\.image)
    }
    let sheet = runner.run(jobs) { done in
      if Terminal.isInteractive { Terminal.write("\r\(done) of \(jobs.count)") }
    }
    if Terminal.isInteractive { Terminal.write("\r\u{1b}[K") }
    for row in sheet.rows { for error in row.errors { Terminal.say("\(row.image): failed: \(error)") } }
    for error in sheet.errors { Terminal.say("failed: \(error)") }
    if let format = ScoreFormat(rawValue: format) { Terminal.output(try format.text(sheet)) }
    if sheet.wasInterrupted { throw ExitCode(Interruption.exitCode) }
    if !sheet.isComplete { throw ExitCode(1) }
  }

  private func printList() throws {
    let entries = try metrics == nil ? MetricCatalogue.entries : choices().all.map(\.entry)
    if format == "json" {
      Terminal.output(try ScoreJSON.list(entries, folder: MetricChoices.folder))
    } else {
      for line in MetricListing.lines(entries, folder: MetricChoices.folder) { Terminal.output(line) }
    }
  }

  /// The metrics that were asked for, each once.
  private func choices() throws -> MetricChoices {
    let choices = try MetricChoices(metrics ?? (reference == nil ? "niqe" : "psnr,ssim,niqe"), border: cropBorder)
    if reference == nil, !list, let choice = choices.all.first(where: { $0.entry.kind != .single }) {
      let other = choice.entry.kind == .sets ? "a folder of references" : "a reference"
      throw ValidationError(
        "the metric '\(choice.entry.name)' compares with \(other): give it with --reference, or leave the metric out")
    }
    return choices
  }
}
