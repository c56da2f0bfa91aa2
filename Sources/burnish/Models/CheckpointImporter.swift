internal import Checkpoints
internal import Torch

/// Writes checkpoints of any kind as safetensors.
struct CheckpointImporter {
  /// The type of floating-point weights; nil keeps the file's own.
  let dtype: DType?
  /// Which of a file's dictionaries is meant.
  let state: StateChoice
  /// Whether FLUX.1's linear weights are written in int8.
  let quantises: Bool

  /// What was written.
  struct Summary {
    var tensors = 0
    var parameters = 0
    var bytes = 0
  }

  /// Imports one checkpoint. One tensor at a time is in memory: the rest is mapped.
  /// - Throws: `CheckpointError` when the checkpoint is not sound or the file cannot be written; nothing is left then.
  func run(_ job: ImportJob) throws -> Summary {
    let checkpoint = try openCheckpoint(job.source, state: state)
    let quantised = quantises ? try QuantisedImport(checkpoint) : nil
    let layout = try quantised?.layout(dtype) ?? layout(of: checkpoint)
    var summary = Summary()
    for item in layout.values {
      let count = item.shape.reduce(1, *)
      summary.tensors += 1
      summary.parameters += count
      summary.bytes += count * item.dtype.byteCount
    }
    try FilePath.makeFolder(of: job.target)
    // Readers insist on their own `format`.
    var metadata = checkpoint.metadata.filter { $0.key != "format" }
    if quantised != nil { metadata["quantization"] = "int8, a scale for each row in *.\(RowQuantisation.scaleName)" }
    try SafetensorsWriter.write(layout, metadata: metadata, to: job.target) { key in
      if Interruption.isRequested { throw CancellationError() }
      return try converted(try quantised?.tensor(key) ?? checkpoint.tensor(key), key, to: layout[key]?.dtype)
    }
    return summary
  }

  private func layout(of checkpoint: any Checkpoint) throws -> [String: SafetensorsLayout] {
    var layout: [String: SafetensorsLayout] = [:]
    for key in checkpoint.keys {
      guard let own = checkpoint.dtype(of: key), let shape = checkpoint.shape(of: key) else {
        // Throws the reason.
        _ = try checkpoint.tensor(key)
        continue
      }
      layout[key] = SafetensorsLayout(dtype: target(of: own), shape: shape)
    }
    return layout
  }

  /// Counters, masks and indices keep their type.
  private func target(of own: DType) -> DType { own.isFloatingPoint ? dtype ?? own : own }

  private func converted(_ tensor: Tensor, _ key: String, to dtype: DType?) throws -> Tensor {
    let type = dtype ?? tensor.dtype
    guard type != tensor.dtype else { return tensor }
    let result = try tensor.to(type)
    // Half floats end at 65504, and float64 goes beyond them all.
    guard try result.isFinite().all().item() == 0, try tensor.isFinite().all().item() == 1 else { return result }
    throw CheckpointError(
      .unsupported, "values of '\(key)' are beyond the range of \(type); take another --dtype, or keep")
  }
}
