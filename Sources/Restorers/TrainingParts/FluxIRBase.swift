package import Checkpoints
internal import Foundation
internal import Layers
package import Priors
package import Torch

/// FLUX.1 as the training of a FluxIR adapter needs it: frozen, all of it in memory.
package final class FluxIRBase {
  /// The transformer.
  package let transformer: FluxTransformer
  /// From pictures to latents and back.
  package let codec: LatentCodec
  /// The adapter's sizes.
  package let config: FluxIRConfig
  private let base: FluxBase
  private let folder: ModelFolder
  private let device: Device
  /// Positions by rows and columns.
  private var tables: [[Int]: RotaryTable] = [:]

  /// Opens the base model.
  /// - Parameters:
  ///   - path: Its folder, or one that holds it.
  ///   - config: The adapter's sizes.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  package init(_ path: String, _ config: FluxIRConfig, dtype: DType, device: Device) throws {
    folder = ModelFolder(path, model: "fluxir")
    self.config = config
    self.device = device
    base = try FluxBase(folder, textLength: config.textLength, dtype: dtype, device: device, residency: nil)
    transformer = base.transformer
    codec = LatentCodec(try base.autoencoder.load())
  }

  /// The parameters that a new adapter begins with.
  /// - Throws: `CheckpointError` for a transformer in int8, and when the empty prompt cannot be had.
  package func newParameters(seed: UInt64) throws -> [String: Tensor] {
    let empty = try base.text.encoding(of: "")
    return try FluxIRStart(base.weights, text_1TE: empty.text_1TE, pooled_1P: empty.pooled_1P, seed: seed)
      .parameters(config, for: transformer.config)
  }

  /// An adapter over its parameters.
  /// - Throws: `CheckpointError` with missing, unexpected and mismatched keys.
  package func adapter(_ parameters: any ParameterSource) throws -> FluxIRAdapter {
    try ParameterLoader.load(parameters, component: "the FluxIR adapter", device: device) {
      try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: transformer.config)
    }
  }

  /// A prompt as the transformer sees it.
  package func prompt(_ text: String) throws -> JointPrompt {
    let encoding = try base.text.encoding(of: text)
    return try transformer.prompt(
      text_BTE: try encoding.text_1TE.to(device: device), pooled_BP: try encoding.pooled_1P.to(device: device))
  }

  /// One pass with the adapter at work.
  /// - Parameters:
  ///   - noisy_BCHW: The noisy latents.
  ///   - time_B: The noise's share of each row, float32.
  ///   - low_BCHW: The low-quality latents.
  ///   - prompt: A row for each.
  /// - Returns: The velocity from picture to noise, BCHW float32.
  package func velocity(
    _ noisy_BCHW: Tensor, time_B: Tensor, low_BCHW: Tensor, prompt: JointPrompt, adapter: FluxIRAdapter
  ) throws -> Tensor {
    let (rows, height, width) = (noisy_BCHW.size(0), noisy_BCHW.size(2), noisy_BCHW.size(3))
    let pass = FluxPass(
      picture_BLC: try FluxPacking.packed(noisy_BCHW), timestep_B: time_B,
      guidance_B: try .full([rows], config.trainingGuidance, device: noisy_BCHW.device),
      positions: try positions(height / FluxPacking.side, width / FluxPacking.side))
    let control = try adapter.control(
      pass, low_BLC: try FluxPacking.packed(low_BCHW), prompt: try adapter.prompt(in: transformer), in: transformer)
    let velocity_BLC = try transformer(pass, prompt: prompt, control: control)
    return try FluxPacking.unpacked(try velocity_BLC.to(.float32), height: height, width: width)
  }

  private func positions(_ rows: Int, _ columns: Int) throws -> RotaryTable {
    if let known = tables[[rows, columns]] { return known }
    let table = try transformer.config.positions(
      textLength: config.textLength, rows: rows, columns: columns, device: device)
    tables[[rows, columns]] = table
    return table
  }

  /// Writes what `burnish restore` loads: the adapter's file, and links to the base model.
  /// - Parameters:
  ///   - parameters: The adapter's.
  ///   - path: Made when it is not there.
  /// - Throws: `CheckpointError` when it cannot be written.
  package func write(_ parameters: [String: Tensor], to path: String) throws {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw CheckpointError(.unwritable, "writing the model '\(path)': \(error.localizedDescription)")
    }
    // As FLUX.1 itself is stored; half precision's range is too small for what its text tokens grow to.
    let stored = try parameters.mapValues { try $0.detached().to(.bfloat16).contiguous() }
    guard let name = FluxIRRestorer.adapter.places.first else { return }
    try SafetensorsWriter.write(stored, metadata: config.metadata, to: path + "/" + name)
    for part in FluxParts.all {
      guard let found = folder.find(part) else { continue }
      try StableDiffusionPrior.link(found, as: path + "/" + URL(fileURLWithPath: found).lastPathComponent)
    }
  }
}
