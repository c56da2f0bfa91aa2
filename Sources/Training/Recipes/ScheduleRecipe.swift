/// When to look and when to save.
public struct ScheduleRecipe: Sendable, Codable {
  /// Steps between lines of the log.
  public var log = 50
  /// Steps between measurements on the validation pictures.
  public var validate = 500
  /// Steps between saved states.
  public var save = 500
  /// How many of the last states are kept; those before the newest lie in the run's folder `states`.
  public var keep = 1

  /// The defaults.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.log, into: &log)
    try values.read(.validate, into: &validate)
    try values.read(.save, into: &save)
    try values.read(.keep, into: &keep)
    for (key, count) in [(CodingKeys.log, log), (.validate, validate), (.save, save)] {
      try values.require(count >= 1, key, "every \(count) steps; it must be at least 1")
    }
    try values.require(keep >= 1, .keep, "\(keep) states; there must be at least 1")
  }
}
