public import Torch

/// Two sources as one: some keys come from the upper one, the others from the one below.
///
/// SeeSR's turbo mode is SD-Turbo's U-Net with SeeSR's image transformers; an adapter's file holds just the layers that
/// were trained.
public struct OverlaidSource: ParameterSource {
  private let upper: any ParameterSource
  private let base: any ParameterSource
  private let covers: (String) -> Bool

  /// A source over another.
  /// - Parameters:
  ///   - upper: Its keys hide equal ones below.
  ///   - base: Where the other keys come from.
  ///   - covers: Which keys are the upper source's; what else it holds is passed over, and such a key below is too. All
  ///     by default, and then what the upper source lacks comes from below.
  public init(_ upper: any ParameterSource, over base: any ParameterSource, where covers: ((String) -> Bool)? = nil) {
    self.upper = upper
    self.base = base
    let upperKeys = upper.keys
    self.covers = covers ?? { upperKeys.contains($0) }
  }

  /// Both names.
  public var name: String { "\(upper.name) over \(base.name)" }

  /// The keys that either source answers.
  public var keys: Set<String> { upper.keys.filter(covers).union(base.keys.filter { !covers($0) }) }

  /// The tensor of a key.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    try (covers(key) ? upper : base).parameter(key, request)
  }

  /// The low-rank changes beside a weight.
  public func branches(_ key: String) -> [LowRankUpdate] { (covers(key) ? upper : base).branches(key) }
}
