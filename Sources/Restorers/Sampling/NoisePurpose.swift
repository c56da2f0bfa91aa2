/// What a draw of noise is for. Each purpose has random numbers of its own, so that no draw depends on which others were
/// made before it.
public struct NoisePurpose: Sendable, Hashable, CustomStringConvertible {
  /// What for.
  public let name: String
  /// Which one of them, for those that happen at each step.
  public let index: Int

  /// A purpose.
  /// - Parameters:
  ///   - name: What for; part of what fixes the numbers.
  ///   - index: Which one of them.
  public init(_ name: String, _ index: Int = 0) {
    self.name = name
    self.index = index
  }

  /// What a run starts from.
  public static let initial = NoisePurpose("initial")
  /// The draw from an encoder's posterior.
  public static let posterior = NoisePurpose("posterior")
  /// What the scheduler adds after the network was asked at a step.
  public static func step(_ index: Int) -> NoisePurpose { NoisePurpose("step", index) }
  /// What the scheduler adds before the network is asked at a step.
  public static func churn(_ index: Int) -> NoisePurpose { NoisePurpose("churn", index) }

  /// The name and the index.
  public var description: String { "\(name).\(index)" }
}
