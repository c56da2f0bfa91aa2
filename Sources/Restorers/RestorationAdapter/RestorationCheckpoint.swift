public import Checkpoints
internal import Foundation
public import Priors
public import Torch

/// A file of restoration adapters: safetensors with the parameters of ``RestorationAdapter``, and in the metadata what they
/// are made of and which prior they were trained on.
public struct RestorationCheckpoint {
  /// The file.
  public var path: String { file.name }
  /// What the adapters are made of.
  public let config: RestorationAdapterConfig
  /// The network that they were trained for: ``AdapterBackbone/id``.
  public let backbone: String
  /// ``PriorFingerprint`` of the weights that they were trained on; nil where the file does not say it.
  public let prior: String?
  private let file: SafetensorsFile

  private static let kind = "restoration-adapter"

  private enum Field {
    static let kind = "burnish.kind"
    static let config = "burnish.config"
    static let backbone = "burnish.backbone"
    static let prior = "burnish.prior"
  }

  /// Opens a file and reads its metadata.
  /// - Throws: `CheckpointError` for a file that is damaged or holds no restoration adapters.
  public init(path: String) throws(CheckpointError) {
    let file = try SafetensorsFile(path: path)
    let metadata = file.metadata
    guard metadata[Field.kind] == Self.kind, let text = metadata[Field.config], let backbone = metadata[Field.backbone]
    else {
      throw CheckpointError(
        .mismatch,
        "reading restoration adapters from '\(path)': its metadata does not say that it holds any (\(Field.kind) = "
          + "\(Self.kind)); a LoRA or another system's weights belong elsewhere")
    }
    do {
      config = try JSONDecoder().decode(RestorationAdapterConfig.self, from: Data(text.utf8))
    } catch {
      throw CheckpointError(
        .malformed,
        "reading restoration adapters from '\(path)': its \(Field.config) cannot be read: \(ConfigFile.reason(error))")
    }
    self.backbone = backbone
    prior = metadata[Field.prior]
    self.file = file
  }

  /// Loads the adapters.
  /// - Parameters:
  ///   - backbone: The network that they are to be put into.
  ///   - dtype: The type that the adapters compute in; nil keeps the file's.
  ///   - device: Where the parameters shall be.
  /// - Throws: `CheckpointError` for a network that they were not trained for, and for missing, unexpected and mismatched
  ///   keys.
  public func adapter(
    for backbone: AdapterBackbone, dtype: DType? = nil, device: Device = .cpu
  ) throws -> RestorationAdapter {
    guard self.backbone == backbone.id else {
      throw CheckpointError(
        .mismatch,
        "loading restoration adapters from '\(path)': they were trained for '\(self.backbone)', and this model is "
          + "'\(backbone.id)'; use a model folder of '\(self.backbone)', or adapters for '\(backbone.id)'")
    }
    return try .load(file, config, for: backbone, dtype: dtype, device: device)
  }

  /// Whether the adapters were trained on just these weights; nil where the file does not say it.
  /// - Parameters:
  ///   - weights: A prior's weights, under the names that its modules ask for.
  ///   - backbone: The network.
  /// - Throws: `CheckpointError` when the prior lacks a weight.
  public func isTrained(on weights: any ParameterSource, _ backbone: AdapterBackbone) throws -> Bool? {
    guard let prior else { return nil }
    return try PriorFingerprint.text(of: weights, backbone) == prior
  }

  /// Writes adapters; a file of the same name is replaced only once the new one is whole.
  /// - Parameters:
  ///   - parameters: All of them, by the keys of a checkpoint: see ``RestorationAdapterConfig/layout(for:)``.
  ///   - config: What the adapters are made of.
  ///   - backbone: The network that they were trained for.
  ///   - prior: ``PriorFingerprint`` of the weights that they were trained on.
  ///   - dtype: The type to store.
  ///   - path: The file's name; its folder must exist.
  /// - Throws: `CheckpointError` when parameters are missing, unexpected, of another shape or no numbers in the type, or
  ///   the file cannot be written.
  public static func write(
    _ parameters: [String: Tensor], _ config: RestorationAdapterConfig, for backbone: AdapterBackbone,
    prior: String? = nil, dtype: DType = .bfloat16, to path: String
  ) throws {
    _ = try RestorationAdapter.load(
      ParameterDictionary(parameters, name: "what is to be written to '\(path)'"), config, for: backbone)
    let stored = try parameters.mapValues { try $0.detached().to(dtype) }
    for (key, tensor) in stored.sorted(by: { $0.key < $1.key }) {
      guard try tensor.isFinite().all().item() != 0 else {
        throw CheckpointError(
          .unwritable,
          "writing restoration adapters to '\(path)': '\(key)' holds NaN or a number beyond \(dtype)'s range")
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var metadata = [
      Field.kind: kind, Field.backbone: backbone.id,
      Field.config: String(decoding: try encoder.encode(config), as: UTF8.self),
    ]
    metadata[Field.prior] = prior
    try SafetensorsWriter.write(stored, metadata: metadata, to: path)
  }
}
