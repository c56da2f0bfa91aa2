/// How often a rectified flow is trained at each time: a ``TimestepDensity`` as a recipe's part.
public struct TimesRecipe: Sendable, Codable, Hashable {
  /// The density's name; the numbers of other densities count for nothing.
  public var name = "logit_normal"
  /// Of `logit_normal`.
  public var mean = 0.0
  /// Of `logit_normal`.
  public var deviation = 1.0
  /// Of `mode`: 1.29 is the paper's best.
  public var scale = 1.29
  /// Of `shifted`.
  public var mu = 1.15
  /// Of `beta`.
  public var a = 1.0
  /// Of `beta`.
  public var b = 1.0

  /// Logit-normal with mean 0 and deviation 1: SD 3's choice.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, defaults: TimesRecipe()) }

  /// The same where a kind has defaults of its own.
  init(from decoder: any Decoder, defaults: TimesRecipe) throws {
    self = defaults
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.name, into: &name)
    try values.read(.mean, into: &mean)
    try values.read(.deviation, into: &deviation)
    try values.read(.scale, into: &scale)
    try values.read(.mu, into: &mu)
    try values.read(.a, into: &a)
    try values.read(.b, into: &b)
    do { _ = try density() } catch {
      throw DecodingError.dataCorruptedError(forKey: .name, in: values, debugDescription: error.message)
    }
  }

  /// The density.
  /// - Throws: `TrainingError` for an unknown name, and for numbers that make no density.
  public func density() throws(TrainingError) -> TimestepDensity {
    let numbers = ["mean": mean, "deviation": deviation, "scale": scale, "mu": mu, "a": a, "b": b]
    let wanted = TimestepDensity.names.first { $0.name == name }?.parameters ?? []
    return try TimestepDensity(name, numbers.filter { wanted.contains($0.key) })
  }
}
