import ArgumentParser
import Foundation
import Torch

/// The development tool that holds the Swift modules to the numbers and layouts of the reference implementations.
@main
struct Parity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parity",
    abstract: "Holds Burnish's modules to recorded numbers and published layouts.",
    discussion: """
      parity FIXTURE… runs each fixture's component in float32 on the CPU and prints a line each:
        component  max_abs  max_rel  PASS|FAIL
      A fixture passes when every output is within atol + rtol |expected|, both from the fixture. max_rel looks only at
      expected values beyond atol.

      parity --manifest FILE… builds the component without weights and prints a line each:
        name  tensors  missing  unexpected  mismatched  PASS|FAIL

      parity --fabricate MANIFEST -o FILE writes a random checkpoint of a manifest's layout.

      parity --tokenizer KIND MODEL_DIR CASES.json encodes the texts of a case file; it prints a line for each text that
      gets other ids (the text, the expected ids, the ids found) and at the end:
        cases  passed  PASS|FAIL

      Reasons for a FAIL are printed to standard error. The exit code is 0 when all passed, 1 when something failed, and 2
      for wrong usage.
      """)

  @Argument(
    help: "Fixtures; manifests with --manifest; a tokenizer's folder and a case file with --tokenizer.",
    completion: .file())
  var files: [String] = []

  @Flag(help: "Compare key names and shapes with manifests.")
  var manifest = false

  @Option(help: ArgumentHelp("Write a random checkpoint of this manifest's layout.", valueName: "manifest"))
  var fabricate: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Where --fabricate writes.", valueName: "file"))
  var output: String?

  @Option(help: "What fixes --fabricate's numbers.")
  var seed: UInt64 = 0

  @Option(help: "The element type of --fabricate: \(FabricatedType.allCases.map(\.rawValue).joined(separator: ", ")).")
  var dtype: FabricatedType = .bf16

  @Option(
    help: ArgumentHelp(
      "Run a case file against a tokenizer: \(TokenizerKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var tokenizer: TokenizerKind?

  @Flag(name: .shortAndLong, help: "Print every compared output to standard error.")
  var verbose = false

  func validate() throws {
    if tokenizer != nil {
      guard files.count == 2, fabricate == nil, output == nil, !manifest else {
        throw ValidationError("--tokenizer takes a tokenizer's folder and a case file, and no other modes.")
      }
    } else if fabricate != nil {
      guard output != nil else { throw ValidationError("--fabricate needs -o FILE: where to write.") }
      guard files.isEmpty, !manifest else {
        throw ValidationError("--fabricate takes one manifest and no other files.")
      }
    } else {
      guard output == nil else { throw ValidationError("-o belongs to --fabricate.") }
      guard !files.isEmpty else { throw ValidationError("Name the files to run.") }
    }
  }

  func run() throws {
    try Machine.checkVersion()
    if let fabricate, let output {
      try Fabrication(of: Manifest(path: fabricate), seed: seed, dtype: dtype.dtype).write(to: output)
      return
    }
    // Fixtures are tiny: on more threads, operators would mostly wait for one another.
    try Machine.setThreadCount(1)
    var allPassed = true
    for line in reports() {
      print(line.text)
      for note in line.notes { FileHandle.standardError.write(Data((note + "\n").utf8)) }
      allPassed = allPassed && line.passed
    }
    if !allPassed { throw ExitCode(1) }
  }

  /// What is said of each file, computed as it is asked for.
  private func reports() -> any Sequence<ReportLine> {
    if let tokenizer { return [TokenizerReport.lines(tokenizer, files[0], cases: files[1])] }
    return files.lazy.map { manifest ? LayoutReport.line(for: $0) : FixtureReport.line(for: $0, verbose: verbose) }
  }

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error) == .validationFailure {
        FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
        Foundation.exit(2)
      }
      exit(withError: error)
    }
  }
}

/// Element types that a checkpoint can be fabricated in.
enum FabricatedType: String, CaseIterable, ExpressibleByArgument {
  case bf16, fp16, fp32

  var dtype: DType {
    switch self {
    case .bf16: .bfloat16
    case .fp16: .float16
    case .fp32: .float32
    }
  }
}
