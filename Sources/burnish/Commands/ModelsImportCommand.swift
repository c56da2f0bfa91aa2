internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Torch

/// `burnish models import`.
struct ModelsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turns checkpoints of PyTorch into safetensors files.",
    discussion: """
      Takes .pth, .pt, .ckpt and .bin files, and runs nothing of what is in them. Averaged weights (params_ema, model_ema) \
      come before others, then state_dict, model and params, then the tensors of the file itself; optimizers and other \
      things are left out. A folder is searched recursively and its tree mirrored.

      Files go to the folder 'imported' in $BURNISH_HOME (~/.cache/burnish) unless -o is given. What is there already is \
      left as it is unless --overwrite is given.

      --quantize int8 writes the linear layers of a FLUX.1 transformer (its folder, or a file of any of its layouts) in \
      eight bits with a scale for each output: half the size and half the reading. Names end in -int8 then.

      Exit codes: 0 all done, 1 some files failed (each is named, the others are finished), 2 wrong usage, 130 stopped by \
      Ctrl-C.
      """)

  @Argument(help: "A checkpoint, or a folder of checkpoints.")
  var path: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The folder to write to, or for one checkpoint a .safetensors file.", valueName: "path"))
  var output: String?

  @Option(help: ArgumentHelp("Type of the weights: bf16, fp16, fp32, or keep for the file's own.", valueName: "type"))
  var dtype = "keep"

  @Option(
    help: ArgumentHelp(
      "The entry that holds the weights, such as params or models/generator; '.' is the whole file.", valueName: "name")
  )
  var state: String?

  @Option(help: ArgumentHelp("Write weights in fewer bits: int8.", valueName: "kind"))
  var quantize: String?

  @Flag(help: "Write files that are there already anew.")
  var overwrite = false

  func validate() throws {
    guard ["bf16", "fp16", "fp32", "keep"].contains(dtype) else {
      throw ValidationError("--dtype '\(dtype)' is not known; it takes bf16, fp16, fp32 or keep")
    }
    guard quantize == nil || quantize == "int8" else {
      throw ValidationError("--quantize '\(quantize ?? "")' is not known; it takes int8")
    }
    if state == "" { throw ValidationError("--state is an empty name; '.' is the whole file") }
    if output == "" { throw ValidationError("the output is an empty name") }
  }

  func run() throws {
    try Machine.checkVersion()
    Interruption.install()
    let jobs = try ImportJob.collect(path, output: output, suffix: quantize.map { "-" + $0 })
    let importer = CheckpointImporter(dtype: type, state: choice, quantises: quantize != nil)
    var failures = 0
    for job in jobs {
      if !overwrite, FileManager.default.fileExists(atPath: job.target) {
        Terminal.say("\(job.target): is there already; --overwrite writes it anew")
        continue
      }
      do {
        let summary = try importer.run(job)
        Terminal.output(
          "\(job.target)  \(summary.tensors) tensors  \(summary.parameters) parameters  \(summary.bytes) bytes")
      } catch {
        if Interruption.isRequested { throw ExitCode(Interruption.exitCode) }
        Terminal.say("\(job.source): failed: \(ErrorText.of(error))")
        failures += 1
      }
    }
    if failures > 0 { throw ExitCode(1) }
  }

  private var type: DType? {
    switch dtype {
    case "bf16": .bfloat16
    case "fp16": .float16
    case "fp32": .float32
    default: nil
    }
  }

  private var choice: StateChoice {
    switch state {
    case nil: .automatic
    case ".": .whole
    case .some(let name): .entry(name)
    }
  }
}
