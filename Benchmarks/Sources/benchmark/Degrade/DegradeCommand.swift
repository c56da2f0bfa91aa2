import ArgumentParser
import Degradation
import Foundation

/// Degradations of training crops on one core, beside the same draws by OpenCV and PyTorch.
struct DegradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "degrade",
    abstract: "Degrades crops on one core, in turn with OpenCV and PyTorch, and prints a Markdown table.")

  @Option(help: "Python that has OpenCV and PyTorch; without it only Burnish is measured.")
  var python: String?

  @Option(help: "The reference script.")
  var script: String?

  @Option(help: "Recipes to measure.")
  var recipes: [String] = ["real-esrgan"]

  @Option(help: "Crops of a pass.")
  var crops = 24

  @Option(help: "Columns and rows of a crop.")
  var side = 512

  @Option(help: "Rounds: each side makes one pass a round.")
  var repeats = 5

  func run() throws {
    print(
      "\(crops) crops of \(side)×\(side) a pass, one thread, medians of \(repeats) rounds in turn; \(Hardware.name), "
        + "\(Hardware.isoDate). Ratios are Burnish over the reference.\n")
    print("| recipe | Burnish, a crop | reference, a crop | ratio | processor time, ratio | PSNR without noise |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in recipes { print(try row(try DegradationRecipe.named(name))) }
  }

  private func row(_ recipe: DegradationRecipe) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("degrade-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bench = DegradeBench(recipe, crops: crops, side: side)
    try bench.write(to: folder)
    var contender: Contender?
    if let python, let script {
      let started = try Contender(
        "the reference",
        [
          python, script, "--crops", folder + "/crops", "--side", "\(side)", "--draws", folder + "/draws.json",
          "--save",
          folder + "/plain",
        ])
      try started.wait(for: "ready")
      contender = started
    }
    try bench.makePass()
    var ours = Figures()
    for _ in 0..<repeats {
      let watch = Stopwatch()
      try bench.makePass()
      let elapsed = watch.elapsed()
      ours.seconds.append(elapsed.wall / Double(crops))
      ours.cpuSeconds.append(elapsed.cpu / Double(crops))
      try contender?.makePass()
    }
    var theirs = Figures()
    if let contender {
      let report: DegradeReport = try contender.finish()
      theirs.seconds = report.seconds.map { $0 / Double(crops) }
      theirs.cpuSeconds = report.cpuSeconds.map { $0 / Double(crops) }
    }
    let psnr =
      contender == nil ? nil : try bench.psnr(with: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/plain"))))
    return "| \(recipe.name) | \(ours.seconds.milliseconds) | \(theirs.seconds.milliseconds) | "
      + "\(ours.seconds.ratio(to: theirs.seconds)) | \(ours.cpuSeconds.ratio(to: theirs.cpuSeconds)) | "
      + "\(psnr.map { String(format: "%.1f dB", $0) } ?? "–") |"
  }
}

/// What the reference says of its passes.
struct DegradeReport: Decodable {
  /// Wall time of each pass.
  let seconds: [Double]
  /// Processor time of each pass.
  let cpuSeconds: [Double]

  enum CodingKeys: String, CodingKey {
    case seconds
    case cpuSeconds = "cpu_seconds"
  }
}
