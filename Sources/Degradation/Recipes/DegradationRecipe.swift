internal import Foundation

/// How low-quality pictures are made from good ones: what is drawn, over which ranges, and in which order it happens.
public struct DegradationRecipe: Sendable, Codable, Equatable {
  /// What it is called in records and reports.
  public var name: String
  /// A sentence for lists.
  public var summary: String = ""
  /// How many times smaller the result is along each side, where the operations follow it.
  public var scale: Int = 4
  /// The share of pictures that are only shrunk, by MATLAB's bicubic.
  public var plainShare: Double = 0
  /// What happens, in order. The result is rounded to 8 bits whatever they are.
  public var operations: [DegradationOperation]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, summary, scale
    case plainShare = "plain_share"
    case operations
  }

  /// A recipe by its operations; without any, shrinking by MATLAB's bicubic.
  /// - Parameters:
  ///   - name: What it is called in records and reports.
  ///   - summary: A sentence for lists.
  ///   - scale: How many times smaller the result is along each side.
  ///   - operations: What happens, in order.
  public init(
    name: String, summary: String = "", scale: Int = 4,
    operations: [DegradationOperation] = [.resize(.toTarget([.matlabBicubic: 1]))]
  ) {
    self.name = name
    self.summary = summary
    self.scale = scale
    self.operations = operations
  }

  /// Reads a recipe; whatever is left out keeps its default. The numbers are checked.
  /// - Throws: `DegradationError` that names the key or the number.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    self.init(name: CodingUserInfoKey.recipeName.flatMap { decoder.userInfo[$0] as? String } ?? "unnamed")
    try keys.read(.name, into: &name)
    try keys.read(.summary, into: &summary)
    try keys.read(.scale, into: &scale)
    try keys.read(.plainShare, into: &plainShare)
    try keys.read(.operations, into: &operations)
    try check()
  }

  /// Throws unless every draw from this recipe can be carried out.
  /// - Throws: `DegradationError` that names the number and its limits.
  public func check() throws {
    let at = RecipeCheck(recipe: name)
    try at.value(scale, within: 1...16, "scale")
    try at.probability(plainShare, "plain_share")
    try operations.check(at.inside("operations"))
  }

  /// Draws what happens to one picture.
  /// - Parameter random: A stream of the picture's own.
  public func draw(using random: inout SeededRandom) -> DegradationDraw {
    var steps: [DegradationStep] = []
    if random.chance(plainShare) {
      steps.append(.resizeToFraction(fraction: 1 / Double(scale), method: .matlabBicubic))
    } else {
      for operation in operations { operation.draw(scale: scale, using: &random, into: &steps) }
    }
    if case .jpeg = steps.last {} else { steps.append(.quantise) }
    return DegradationDraw(recipe: name, steps: steps)
  }

  /// Draws what happens to the picture of a name. What is drawn depends on the seed and the name alone: not on other pictures,
  /// their order or the number of threads.
  /// - Parameters:
  ///   - seed: Any number.
  ///   - name: The picture's path below its folder, with `/` between the parts; letters with accents count as one, however
  ///     a file system spells them (NFC).
  public func draw(seed: UInt64, name: String) -> DegradationDraw {
    var random = SeededRandom(seed: seed, name: name.precomposedStringWithCanonicalMapping)
    return draw(using: &random)
  }
}
