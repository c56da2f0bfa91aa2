internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Quality
internal import Restorers
internal import Torch

/// `burnish evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compares models as papers do: data sets, degradations, models, steps.",
    discussion: """
      Degrades the pictures of --data by each recipe (or takes pairs: --data HQ --low LQ, or --low alone where there are no \
      references), restores them with each model, measures, and writes a report: index.html with tables, plots and sliders, \
      results.md, results.csv, results.json, and images.csv with the scores of every picture.

      'bicubic' among the models is MATLAB's bicubic. NAME@STEPS gives a model steps of its own. Protocols: addsr (four \
      cases, middle 512×512), adapter (adapter-centre, adapter-down8 and adapter-random, 1024×1024); docs/evaluation.md \
      explains them.

      The same command goes on where the last one stopped: what is finished is not computed again, what depends on a changed \
      option, picture or model is.

      Exit codes: 0 all done, 1 some pictures failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Option(help: ArgumentHelp("A folder of good pictures; may be given several times.", valueName: "folder"))
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "A folder of low-quality pictures, of the same names as those of --data, or alone.", valueName: "folder"))
  var low: [String] = []

  @Option(
    help: ArgumentHelp(
      "Degradations' names or YAML files, with commas between, such as bicubic-x4,mixture-x4.", valueName: "names"))
  var recipes: String?

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("Ready-made cases of a paper instead: addsr, adapter or one of its three.", valueName: "names"))
  var protocols: String?

  @Option(
    help: ArgumentHelp(
      "What is cut out of good pictures first: none, centre:SIDE or random:SIDE (default: none).", valueName: "rule"))
  var crop: String?

  @Option(help: ArgumentHelp("Models' names or folders, with commas between.", valueName: "names"))
  var models: [String] = []

  @Option(help: ArgumentHelp("Numbers of steps, with commas between (default: each model's own).", valueName: "counts"))
  var steps: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Metrics, with commas between (default: psnr-y,psnr-rgb,ssim-y,niqe-y); 'burnish score --list' names all.",
      valueName: "names"))
  var metrics: String?

  @Option(name: [.short, .long], help: ArgumentHelp("The report's folder.", valueName: "folder"))
  var output: String?

  @Option(help: ArgumentHelp("Fixes everything random: crops, degradations, restorations.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Take the first pictures of each folder only.", valueName: "count"))
  var limit: Int?

  @Option(help: ArgumentHelp("How many times larger pictures without references become.", valueName: "factor"))
  var scale = 4

  @Option(help: ArgumentHelp("How colours are held to the input's: wavelet, adain or none.", valueName: "kind"))
  var colorFix = "wavelet"

  @Option(
    help: ArgumentHelp(
      "From 0 (the model's freedom) to 1 (closest to the input); default: each model's own balance.", valueName: "0…1"))
  var fidelity: Double?

  @Option(help: ArgumentHelp("Memory that a restoration may take, such as 8G or 900M.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("Pictures of each case that the page shows.", valueName: "count"))
  var show = 6

  @Flag(help: "Keep only those restored pictures that the page shows.")
  var noPictures = false

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Write one JSON object a line to standard output, for programs.")
  var json = false

  func validate() throws {
    if data.isEmpty, low.isEmpty {
      throw ValidationError("missing the pictures: say which folder to measure with, such as --data photos/")
    }
    guard let output, !output.isEmpty else {
      throw ValidationError("missing the output: say where the report goes with -o, such as -o report/")
    }
    for (name, value, range) in [
      ("--limit", limit ?? 1, 1...1_000_000), ("--scale", scale, 1...16), ("--show", show, 0...100),
    ]
    where !range.contains(value) {
      throw ValidationError("\(name) must be within \(range.lowerBound)…\(range.upperBound), not \(value)")
    }
    if let fidelity, !(0...1).contains(fidelity) {
      throw ValidationError("--fidelity must be within 0…1, not \(fidelity)")
    }
    if let memory { _ = try ByteCount.parse(memory) }
  }

  func run() throws {
    guard let output else { return }
    do {
      let summary = try evaluator(output).run()
      if summary.interrupted { throw ExitCode(Interruption.exitCode) }
      if summary.failed > 0 { throw ExitCode(1) }
    } catch let error as EvaluationError where error.code == .argument {
      throw UsageError(error.message)
    }
  }

  /// Everything that can be refused is refused here, before any work.
  private func evaluator(_ output: String) throws -> Evaluator {
    if FileManager.default.fileExists(atPath: output), !FilePath.isFolder(output) {
      throw ValidationError("'\(output)' is a file, but a report is a folder; give another name with -o")
    }
    guard let fix = ColorFix(rawValue: colorFix) else {
      throw ValidationError("--color-fix '\(colorFix)' is not known; it takes wavelet, adain or none")
    }
    let cases = try EvaluationSelection.cases(
      recipes: recipes, protocols: protocols, crop: crop, isGiven: !low.isEmpty)
    let runs = try EvaluationSelection.runs(models: models.isEmpty ? ["starter,bicubic"] : models, steps: steps)
    let choices = try choices()
    let datasets = try EvaluationSelection.datasets(data: data, low: low, limit: limit, output: output)
    let (device, dtype) = try machine.prepare()
    Interruption.install()
    try FilePath.checkWritable(FilePath.joined(output, "index.html"))

    var plan = try EvaluationPlan(
      groups: datasets.flatMap { dataset in cases.map { EvaluationPlan.Group(dataset, $0) } }, runs: runs,
      program: "Burnish \(Version.current)")
    (plan.seed, plan.colorFix, plan.fidelity, plan.scale) = (seed, fix, fidelity, scale)
    (plan.device, plan.dtype, plan.shown, plan.keepsPictures) = (device, dtype, show, !noPictures)
    plan.memory = try memory.map { try ByteCount.parse($0) }
    let metrics = try choices.load(on: device).map {
      try EvaluationMetric($0.metric, entry: $0.column.entry, files: $0.column.files)
    }
    let report = report()
    return Evaluator(
      plan, metrics: metrics, output: output,
      surroundings: Evaluator.Surroundings(
        files: EvaluationFiles(), codec: VipsJPEGCodec(), describe: ErrorText.of,
        shouldStop: { Interruption.isRequested }, tell: { report.tell($0) }))
  }

  private func choices() throws -> MetricChoices {
    let choices = try MetricChoices(metrics ?? (data.isEmpty ? "niqe-y" : "psnr-y,psnr-rgb,ssim-y,niqe-y"))
    for choice in choices.all {
      if data.isEmpty, choice.entry.kind != .single {
        throw ValidationError(
          "the metric '\(choice.entry.name)' compares with references: give them with --data, or leave the metric out")
      }
      if noPictures, choice.entry.kind == .sets {
        throw ValidationError(
          "the metric '\(choice.entry.name)' looks at all restored pictures together: leave --no-pictures out")
      }
    }
    return choices
  }

  private func report() -> any EvaluationReport {
    if json { return EvaluationJSONLines() }
    return Terminal.isInteractive ? EvaluationBar() : EvaluationLines()
  }
}
