/// What may be chosen in a run of SeeSR.
public struct SeeSRSettings: Sendable, Hashable {
  /// Network steps.
  public var steps = 50
  /// How far beyond the negative prompt; guidance is off at 1 and below.
  public var guidance = 5.5
  /// Factor of what the ControlNet adds (`conditioning_scale`): more stays closer to the low-quality picture.
  public var controlScale = 1.0
  /// What the run begins with. A time below 999 (`start_steps`) leaves more of the low-quality picture.
  public var start = LatentStart.picture(time: 999)
  /// Whether both predictions of a guided step go through the networks as one batch; nil suits the device.
  public var passes: GuidancePasses?

  /// The release's own choices.
  public init() {}

  /// The release's choices for SD-Turbo's U-Net: two steps without guidance.
  public static let turbo: SeeSRSettings = {
    var settings = SeeSRSettings()
    settings.steps = 2
    settings.guidance = 1
    return settings
  }()
}
