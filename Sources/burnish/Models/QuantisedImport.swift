internal import Checkpoints
internal import Priors
internal import Torch

/// A transformer of FLUX.1 as it is written with its weights in int8: under diffusers' names, whatever the file has.
struct QuantisedImport {
  private let source: any ParameterSource
  private let shapes: [String: [Int]]

  /// - Parameter checkpoint: The file.
  /// - Throws: `CheckpointError` for files of other networks, and for incomplete ones.
  init(_ checkpoint: any Checkpoint) throws {
    let config: FluxTransformerConfig
    do {
      config = try FluxTransformerConfig(sizesOf: checkpoint)
    } catch {
      throw CheckpointError(.unsupported, "--quantize is for transformers of FLUX.1, and \(error.message)")
    }
    source = config.source(checkpoint)
    let recorder = ParameterRecorder()
    _ = try FluxTransformer(ParameterLoader(recorder).root, config)
    shapes = recorder.shapes
    _ = try ParameterLoader.load(source, component: "FLUX.1's transformer") { path in
      try path.account { _ = try FluxTransformer($0, config) }
    }
  }

  /// Every tensor that is written, and its type.
  /// - Parameter dtype: Of what stays floating-point; nil keeps each tensor's own.
  func layout(_ dtype: DType?) throws -> [String: SafetensorsLayout] {
    var layout: [String: SafetensorsLayout] = [:]
    for (name, shape) in shapes {
      guard FluxTransformerConfig.isQuantisable(name, shape: shape) else {
        layout[name] = SafetensorsLayout(dtype: try dtype ?? stored(name).dtype, shape: shape)
        continue
      }
      layout[name] = SafetensorsLayout(dtype: .int8, shape: shape)
      layout[Self.scaleName(name)] = SafetensorsLayout(dtype: .float32, shape: [shape[0]])
    }
    return layout
  }

  /// A tensor of the layout.
  func tensor(_ name: String) throws -> Tensor {
    if let shape = shapes[name] {
      let weight = try stored(name)
      return FluxTransformerConfig.isQuantisable(name, shape: shape)
        ? try RowQuantisation.quantised(weight).numbers : weight
    }
    let weight = try stored(String(name.dropLast(Self.scaleName("weight").count)) + "weight")
    return try RowQuantisation.quantised(weight).scale
  }

  private static func scaleName(_ weight: String) -> String {
    String(weight.dropLast("weight".count)) + RowQuantisation.scaleName
  }

  private func stored(_ name: String) throws -> Tensor {
    guard let tensor = try source.parameter(name, ParameterRequest(shape: shapes[name] ?? [])) else {
      throw CheckpointError(.mismatch, "'\(source.name)' has no '\(name)'")
    }
    guard tensor.dtype.isFloatingPoint else {
      throw CheckpointError(.unsupported, "'\(name)' of '\(source.name)' is \(tensor.dtype): it is quantised already")
    }
    return tensor
  }
}
