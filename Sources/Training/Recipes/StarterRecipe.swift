public import Priors
public import Restorers

/// How a starter model is trained: `kind: starter`.
public struct StarterRecipe: Sendable, Codable {
  /// `starter`.
  public var kind = "starter"
  /// The folder of the run: log, state to resume from, and the model as it stands.
  public var output = "runs/starter"
  /// Seed of everything random: first weights, crops, degradation, times, noise.
  public var seed: UInt64 = 1
  /// Steps of the whole run.
  public var steps = 10_000
  /// Pictures and how they are cut and spoilt.
  public var data = Data()
  /// The optimiser.
  public var optimiser = Optimiser()
  /// What the loss asks for.
  public var objective = Objective()
  /// When to look and when to save.
  public var schedule = Schedule()
  /// The model.
  public var model = StarterConfig(network: UNetConfig())

  /// Pictures and how they are cut and spoilt.
  public struct Data: Sendable, Codable {
    /// Folders of training pictures, searched recursively.
    public var folders = ["photos/train"]
    /// Folders of pictures to measure with, never trained on.
    public var validation = ["photos/validation"]
    /// Side of the square crops, pixels of the high-quality picture.
    public var crop = 128
    /// Crops a step.
    public var batch = 16
    /// Part of the crops that are only made smaller (bicubic), with nothing else done to them.
    public var clean = 0.4
    /// Part of the crops that the program draws itself: strokes, gratings, line art.
    public var drawn = 0.05
    /// Threads that prepare crops.
    public var threads = 1

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.folders, into: &folders)
      try values.read(.validation, into: &validation)
      try values.read(.crop, into: &crop)
      try values.read(.batch, into: &batch)
      try values.read(.clean, into: &clean)
      try values.read(.drawn, into: &drawn)
      try values.read(.threads, into: &threads)
    }
  }

  /// The optimiser.
  public struct Optimiser: Sendable, Codable {
    /// The highest learning rate.
    public var rate = 4e-4
    /// Steps over which it rises.
    public var warmup = 200
    /// Decoupled weight decay.
    public var decay = 1e-4
    /// The longest allowed gradient over all parameters.
    public var clip = 1.0
    /// Decay of the moving average that is shipped.
    public var average = 0.999

    enum CodingKeys: String, CodingKey {
      case rate, warmup, clip, average
      case decay = "weight_decay"
    }

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.rate, into: &rate)
      try values.read(.warmup, into: &warmup)
      try values.read(.decay, into: &decay)
      try values.read(.clip, into: &clip)
      try values.read(.average, into: &average)
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows that stand at the first (noisiest) time; the others are spread over the later ones.
    public var first = 0.6
    /// Part of the steps whose later rows see a refined condition: the prediction of a first pass, mixed in.
    public var refined = 0.5

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.first, into: &first)
      try values.read(.refined, into: &refined)
    }
  }

  /// When to look and when to save.
  public struct Schedule: Sendable, Codable {
    /// Steps between lines of the log.
    public var log = 50
    /// Steps between measurements on the validation pictures.
    public var validate = 500
    /// Steps between saved states.
    public var save = 500

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.log, into: &log)
      try values.read(.validate, into: &validate)
      try values.read(.save, into: &save)
    }
  }

  /// The defaults.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.kind, into: &kind)
    try values.read(.output, into: &output)
    try values.read(.seed, into: &seed)
    try values.read(.steps, into: &steps)
    try values.read(.data, into: &data)
    try values.read(.optimiser, into: &optimiser)
    try values.read(.objective, into: &objective)
    try values.read(.schedule, into: &schedule)
    try values.read(.model, into: &model)
  }
}

extension KeyedDecodingContainer {
  /// Reads a value where the key is present.
  func read<Value: Decodable>(_ key: Key, into field: inout Value) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { field = value }
  }
}
