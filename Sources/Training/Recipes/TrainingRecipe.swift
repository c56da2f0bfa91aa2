/// How a model is trained: the keys that all recipes have, and the parts of one kind.
public struct TrainingRecipe<Kind: RecipeKind>: Sendable, Codable {
  /// The kind's part on the loss.
  public typealias Objective = Kind.Objective

  /// What is trained.
  public var kind = Kind.name
  /// The folder of the run: log, states to resume from, and the model as it stands.
  public var output = "runs/" + Kind.name
  /// A model that the run begins with; empty for a new one. A run that is resumed has its own.
  public var start = ""
  /// Seed of everything random: first weights, crops, degradation, times, noise.
  public var seed: UInt64 = 1
  /// Steps of the whole run.
  public var steps = 10_000
  /// Pictures and how they are cut and spoilt.
  public var data = DataRecipe()
  /// The optimiser.
  public var optimiser = OptimiserRecipe()
  /// What the loss asks for.
  public var objective = Kind.objective
  /// When to look and when to save.
  public var schedule = ScheduleRecipe()
  /// Networks, files and sizes.
  public var model = Kind.model

  /// The kind's defaults.
  public init() { Kind.prepare(&self) }

  /// Reads a recipe. Keys that are absent keep their defaults.
  /// - Throws: `DecodingError` for values of another type or out of range, and parts that do not go together.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.kind, into: &kind)
    try values.read(.output, into: &output)
    try values.read(.start, into: &start)
    try values.read(.seed, into: &seed)
    try values.read(.steps, into: &steps)
    // What a recipe does not say of these is the kind's, not everyone's.
    if values.contains(.data) { data = try DataRecipe(from: values.superDecoder(forKey: .data), defaults: data) }
    if values.contains(.optimiser) {
      optimiser = try OptimiserRecipe(from: values.superDecoder(forKey: .optimiser), defaults: optimiser)
    }
    try values.read(.objective, into: &objective)
    try values.read(.schedule, into: &schedule)
    try values.read(.model, into: &model)
    try values.require(steps >= 1, .steps, "\(steps) steps; there must be at least 1")
    do { try Kind.check(self) } catch {
      throw DecodingError.dataCorruptedError(
        forKey: CodingKeys(stringValue: error.key) ?? .model, in: values, debugDescription: error.message)
    }
  }

  /// What the engine is told.
  public var plan: RunPlan {
    RunPlan(output: output, seed: seed, steps: steps, optimiser: optimiser, schedule: schedule)
  }
}
