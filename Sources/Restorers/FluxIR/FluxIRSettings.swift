/// What may be chosen in a run of FluxIR. The paper states none of these values: they are those of FLUX.1-dev.
public struct FluxIRSettings: Sendable, Hashable {
  /// Network steps.
  public var steps = 28
  /// How strongly the transformer is told to follow the text: 1 to 4.
  public var guidance = 3.5
  /// Multiplies what the adapter adds: 0 is FLUX.1 alone.
  public var controlScale = 1.0
  /// What the run begins with. A picture's time is 1000 times the noise's share.
  public var start = LatentStart.noise

  /// FLUX.1-dev's own choices.
  public init() {}
}
