internal import Priors
public import Restorers

/// How a starter model is trained: `kind: starter`.
public struct StarterRecipe: Sendable, Codable {
  /// `starter`.
  public var kind = "starter"
  /// The folder of the run: log, state to resume from, and the model as it stands.
  public var output = "runs/starter"
  /// A model folder whose weights the run begins with; empty for new ones. A run that is resumed has its own.
  public var start = ""
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
  /// The model; by default that of the shipped starter.
  public var model = StarterRecipe.shippedModel

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
      try values.require(crop >= 1, .crop, "the side of the crops is \(crop); it must be at least 1")
      try values.require(batch >= 1, .batch, "\(batch) crops a step; there must be at least 1")
      try values.require((0...1).contains(clean), .clean, "the share is \(clean); it must be within 0…1")
      try values.require((0...1).contains(drawn), .drawn, "the share is \(drawn); it must be within 0…1")
      try values.require(threads >= 1, .threads, "\(threads) threads; there must be at least 1")
      try values.require(
        drawn == 1 || !folders.isEmpty, .folders, "there is no folder; name one, or draw every picture with 'drawn: 1'")
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
      try values.require(rate > 0 && rate.isFinite, .rate, "the learning rate is \(rate); it must be above 0")
      try values.require(warmup >= 0, .warmup, "the rise takes \(warmup) steps; it must be at least 0")
      try values.require(decay >= 0 && decay.isFinite, .decay, "the decay is \(decay); it must be at least 0")
      try values.require(clip > 0, .clip, "the longest gradient is \(clip); it must be above 0")
      try values.require(
        (0..<1).contains(average), .average, "the average's decay is \(average); it must be at least 0 and below 1")
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
      try values.require((0...1).contains(first), .first, "the share is \(first); it must be within 0…1")
      try values.require((0...1).contains(refined), .refined, "the share is \(refined); it must be within 0…1")
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
      for (key, count) in [(CodingKeys.log, log), (.validate, validate), (.save, save)] {
        try values.require(count >= 1, key, "every \(count) steps; it must be at least 1")
      }
    }
  }

  /// The defaults.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.kind, into: &kind)
    try values.read(.output, into: &output)
    try values.read(.start, into: &start)
    try values.read(.seed, into: &seed)
    try values.read(.steps, into: &steps)
    try values.read(.data, into: &data)
    try values.read(.optimiser, into: &optimiser)
    try values.read(.objective, into: &objective)
    try values.read(.schedule, into: &schedule)
    try values.read(.model, into: &model)
    try values.require(steps >= 1, .steps, "\(steps) steps; there must be at least 1")
    for (name, factor) in [("scale", model.scale), ("unshuffle", model.unshuffle)] {
      try values.require(
        data.crop % factor == 0, .data,
        "the side of the crops, \(data.crop), is no multiple of the model's \(name), \(factor)")
    }
  }

  /// The sizes of the starter that ships with Burnish.
  private static var shippedModel: StarterConfig {
    var network = UNetConfig()
    network.inChannels = 48
    network.outChannels = 48
    network.blockOutChannels = [64, 128, 192]
    network.downBlockTypes = Array(repeating: "DownBlock2D", count: 3)
    network.upBlockTypes = Array(repeating: "UpBlock2D", count: 3)
    network.midBlockType = "UNetMidBlock2D"
    network.transformerLayersPerBlock = [1, 1, 1]
    network.headCounts = [8, 8, 8]
    network.normGroups = 8
    return StarterConfig(network: network)
  }
}

extension KeyedDecodingContainer {
  /// Reads a value where the key is present.
  func read<Value: Decodable>(_ key: Key, into field: inout Value) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { field = value }
  }

  /// Refuses a value that was read.
  func require(_ condition: Bool, _ key: Key, _ message: @autoclosure () -> String) throws {
    guard condition else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: message())
    }
  }
}
