/// What may be chosen in a run of AddSR.
public struct AddSRSettings: Sendable, Hashable {
  /// Network steps, from 1 to the number of times that the model was distilled for.
  public var steps = 4
  /// Weight of the last prediction in what the networks look at from the second step on: 0 is the low-quality picture
  /// alone, 1 the paper's full replacement. The release's default.
  public var refinementWeight = 0.4
  /// Factor of what the ControlNet adds (`conditioning_scale`).
  public var controlScale = 1.0
  /// Begins with noise alone and not with the low-quality picture.
  public var startsFromNoise = false

  /// The release's own choices.
  public init() {}
}
