public import Torch

/// A source whose layers compute low-rank changes beside their weights, `W x + scale · B (A x)`: the base stays as it is
/// and `A` and `B` can be trained. For inference ``MergedSource`` costs less.
///
/// Linear and convolution layers do so. It must be the outermost source: one that renames keys does not hand the changes
/// on.
public struct BranchedSource: ParameterSource {
  private let base: any ParameterSource
  private let updates: [String: [LowRankUpdate]]

  /// The source underneath, with changes beside its weights.
  /// - Parameters:
  ///   - base: Where all weights come from.
  ///   - updates: The changes of each weight, by its key in `base`. Their tensors are used as they are, so that gradients
  ///     reach them; each changes all rows.
  /// - Throws: `CheckpointError` when `base` lacks a weight that is to be changed, or a change is of some rows alone.
  public init(_ base: any ParameterSource, _ updates: [String: [LowRankUpdate]]) throws(CheckpointError) {
    try MergedSource.check(updates, in: base, doing: "computing a LoRA beside the weights of \(base.name)")
    for (key, list) in updates where list.contains(where: { $0.rows != nil }) {
      throw CheckpointError(
        .unsupported,
        "computing a LoRA beside the weights of \(base.name): it changes a part of the rows of \(key.quoted); merge it")
    }
    self.base = base
    self.updates = updates
  }

  /// The name of the source underneath.
  public var name: String { base.name }

  /// The keys of the source underneath.
  public var keys: Set<String> { base.keys }

  /// The weight alone.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    try base.parameter(key, request)
  }

  /// The changes beside a weight.
  public func branches(_ key: String) -> [LowRankUpdate] { updates[key] ?? [] }
}
