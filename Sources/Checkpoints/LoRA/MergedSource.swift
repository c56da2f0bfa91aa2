public import Torch

/// A source whose weights have low-rank changes merged in: what is loaded from it costs no more to run than the base.
public struct MergedSource: ParameterSource {
  private let base: any ParameterSource
  private let updates: [String: [LowRankUpdate]]

  /// The source underneath, with changes.
  /// - Parameters:
  ///   - base: Where all weights come from. It is not written to.
  ///   - updates: The changes of each weight, by its key in `base`.
  /// - Throws: `CheckpointError` when `base` lacks a weight that is to be changed.
  public init(_ base: any ParameterSource, _ updates: [String: [LowRankUpdate]]) throws(CheckpointError) {
    try Self.check(updates, in: base, doing: "merging a LoRA into \(base.name)")
    self.base = base
    self.updates = updates
  }

  /// Throws unless a source holds every weight that is to be changed.
  static func check(
    _ updates: [String: [LowRankUpdate]], in base: any ParameterSource, doing: String
  ) throws(CheckpointError) {
    let absent = Set(updates.keys).subtracting(base.keys).sorted()
    guard !absent.isEmpty else { return }
    throw CheckpointError(
      .mismatch,
      "\(doing): \(absent.count) of the \(updates.count) weights that it changes are not there "
        + "(\(absent.quotedList)). Was it made for another model?")
  }

  /// The name of the source underneath.
  public var name: String { base.name }

  /// The keys of the source underneath.
  public var keys: Set<String> { base.keys }

  /// A weight with its changes, in the type of the base: the sum is taken in float32 and rounded once.
  /// - Throws: `CheckpointError` when a change does not fit its weight, and what the source underneath throws.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let weight = try base.parameter(key, request)
    guard let weight, let changes = updates[key], weight.device != .meta else { return weight }
    guard weight.dtype.isFloatingPoint else {
      throw CheckpointError(
        .unsupported,
        "merging a LoRA into \(key.quoted) from \(name): it holds \(weight.dtype); take a checkpoint that is not quantised"
      )
    }
    return try withoutGradient { () throws in
      let merged = weight.dtype == .float32 ? try weight.detached().cloned() : try weight.detached().to(.float32)
      for change in changes { try change.add(inPlace: merged, describing: "\(key.quoted) from \(name)") }
      return try merged.to(weight.dtype)
    }
  }
}
