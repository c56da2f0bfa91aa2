public import Checkpoints

/// The sizes of a FluxIR adapter and what it was made for. A checkpoint holds them in its metadata.
///
/// The paper leaves the form and the rank of the layers open: rank 96 gives the 0.4 thousand million parameters that it
/// states, 409,729,984.
public struct FluxIRConfig: Sendable, Hashable {
  /// How a layer makes what is added behind a block of the adapter's feature. All add nothing at first.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// `W₂ ReLU(W₁ f)`, token by token.
    case bottleneck
    /// Squeeze and excitation (Hu et al. 2018): `γ f σ(W₂ ReLU(W₁ mean f))`, the mean over all tokens.
    case gate
    /// The same without the mean: each token has a gate of its own.
    case tokenGate = "token-gate"
  }

  /// The form of every layer.
  public var kind = Kind.bottleneck
  /// Width inside a layer (`r`).
  public var rank = 96
  /// Whether the text's tokens are controlled behind single blocks too.
  public var controlsTextInSingleBlocks = true
  /// Tokens of the adapter's own text, and of every text that the transformer is told.
  public var textLength = 512
  /// The guidance that the adapter was trained at. A run has a guidance of its own.
  public var trainingGuidance = 1.0
  /// The base model.
  public var base = "black-forest-labs/FLUX.1-dev"

  private enum Field {
    static let kind = "kind"
    static let rank = "r"
    static let textInSingle = "text_in_single"
    static let textLength = "text_length"
    static let guidance = "guidance"
    static let base = "base_model"
  }

  /// The recommended sizes.
  public init() {}

  /// Reads a checkpoint's metadata. Fields that are absent keep the recommended sizes, but for kind and rank, which must be
  /// there.
  /// - Parameters:
  ///   - metadata: Of the adapter's file.
  ///   - name: The file's name, for messages.
  /// - Throws: `CheckpointError` that names the field.
  public init(metadata: [String: String], name: String) throws(CheckpointError) {
    func wrong(_ field: String, _ value: String?, _ wanted: String) -> CheckpointError {
      CheckpointError(
        .malformed,
        "Could not read '\(name)' as a FluxIR adapter: its metadata "
          + (value.map { "says '\($0)' for '\(field)'" } ?? "lacks '\(field)'") + ", which is \(wanted)")
    }
    func number<Number: LosslessStringConvertible>(
      _ field: String, _ wanted: String, into target: inout Number, _ isGood: (Number) -> Bool
    ) throws(CheckpointError) {
      guard let text = metadata[field] else { return }
      guard let value = Number(text), isGood(value) else { throw wrong(field, text, wanted) }
      target = value
    }
    let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let kind = metadata[Field.kind].flatMap(Kind.init) else {
      throw wrong(Field.kind, metadata[Field.kind], kinds)
    }
    guard metadata[Field.rank] != nil else { throw wrong(Field.rank, nil, "a number from 1 to 65536") }
    self.kind = kind
    try number(Field.rank, "a number from 1 to 65536", into: &rank) { (1...65536).contains($0) }
    try number(Field.textLength, "a number from 1 to 65536", into: &textLength) { (1...65536).contains($0) }
    try number(Field.guidance, "a number above 0", into: &trainingGuidance) { $0 > 0 && $0.isFinite }
    try number(Field.textInSingle, "true or false", into: &controlsTextInSingleBlocks) { _ in true }
    base = metadata[Field.base] ?? base
  }

  /// What a checkpoint's metadata says.
  public var metadata: [String: String] {
    [
      Field.kind: kind.rawValue, Field.rank: "\(rank)", Field.textInSingle: "\(controlsTextInSingleBlocks)",
      Field.textLength: "\(textLength)", Field.guidance: "\(trainingGuidance)", Field.base: base,
    ]
  }
}
