/// One line of a recipe: what may happen to a picture at that point.
public enum DegradationOperation: Sendable, Equatable {
  /// Sharpened.
  case sharpen(SharpenChoice)
  /// Blurred.
  case blur(BlurChoice)
  /// Made larger or smaller.
  case resize(ResizeChoice)
  /// Made smaller by a Gaussian and taking every so-many-th pixel.
  case decimate(DecimationChoice)
  /// Noise is added.
  case noise(NoiseChoice)
  /// Compressed.
  case jpeg(CompressionChoice)
  /// One of several sequences, as their weights say.
  case oneOf([Alternative])
  /// All of several operations, in an order that is drawn; those that change the size keep theirs among one another.
  case shuffle([DegradationOperation])

  /// A sequence of operations and how often it is taken.
  public struct Alternative: Sendable, Codable, Equatable {
    /// How often, relative to the other alternatives.
    public var weight: Double
    /// What is done, in order. May be empty.
    public var operations: [DegradationOperation]

    enum CodingKeys: String, CodingKey, CaseIterable { case weight, operations }

    /// An alternative.
    /// - Parameters:
    ///   - weight: How often, relative to the others.
    ///   - operations: What is done, in order.
    public init(weight: Double, _ operations: [DegradationOperation]) {
      self.weight = weight
      self.operations = operations
    }

    /// Reads the part of a recipe.
    /// - Throws: `DegradationError` that names the key.
    public init(from decoder: any Decoder) throws {
      self.init(weight: 1, [])
      let keys = try RecipeKeys<CodingKeys>(decoder)
      try keys.read(.weight, into: &weight)
      try keys.read(.operations, into: &operations)
    }
  }

  /// Draws what happens and adds it to the steps.
  func draw(scale: Int, using random: inout SeededRandom, into steps: inout [DegradationStep]) {
    switch self {
    case .sharpen(let choice): if let step = choice.draw(using: &random) { steps.append(step) }
    case .blur(let choice): if let kernel = choice.draw(using: &random) { steps.append(.blur(kernel: kernel)) }
    case .resize(let choice): if let step = choice.draw(scale: scale, using: &random) { steps.append(step) }
    case .decimate(let choice): steps.append(choice.draw(using: &random))
    case .noise(let choice): if let step = choice.draw(using: &random) { steps.append(step) }
    case .jpeg(let choice): if let step = choice.draw(using: &random) { steps.append(step) }
    case .oneOf(let alternatives):
      guard !alternatives.isEmpty else { return }
      for operation in alternatives[random.index(weights: alternatives.map(\.weight))].operations {
        operation.draw(scale: scale, using: &random, into: &steps)
      }
    case .shuffle(let operations):
      for operation in Self.shuffled(operations, using: &random) {
        operation.draw(scale: scale, using: &random, into: &steps)
      }
    }
  }

  /// Fisher and Yates' shuffle from the end; then those that change the size are put into their first order on the places that
  /// they got.
  private static func shuffled(_ operations: [DegradationOperation], using random: inout SeededRandom)
    -> [DegradationOperation]
  {
    var order = Array(operations.indices)
    for last in order.indices.reversed() { order.swapAt(last, random.integer(below: last + 1)) }
    let places = order.indices.filter { operations[order[$0]].changesSize }
    for (place, index) in zip(places, places.map({ order[$0] }).sorted()) { order[place] = index }
    return order.map { operations[$0] }
  }

  private var changesSize: Bool {
    switch self {
    case .resize, .decimate: true
    case .oneOf(let alternatives): alternatives.contains { $0.operations.contains(where: \.changesSize) }
    case .shuffle(let operations): operations.contains(where: \.changesSize)
    case .sharpen, .blur, .noise, .jpeg: false
    }
  }
}
