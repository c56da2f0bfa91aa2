internal import Foundation
internal import Yams

extension DegradationRecipe {
  /// More nodes than any sensible recipe has; aliases can make a short file mean billions.
  private static let nodeLimit = 20_000

  /// Reads a recipe that people wrote.
  /// - Parameters:
  ///   - yaml: YAML, of which JSON is a part.
  ///   - name: What messages, and records where the recipe gives no name itself, call it.
  /// - Throws: `DegradationError` for what is no YAML, unknown keys (with the nearest known one), values of another kind and
  ///   numbers out of range.
  public init(yaml: String, name: String) throws {
    do {
      guard let node = try Yams.compose(yaml: yaml), node.mapping?.isEmpty == false else {
        throw DegradationError(
          .recipe, "reading the degradation recipe '\(name)': it holds no 'key: value' lines, such as 'scale: 4'")
      }
      guard Self.count(node, upTo: Self.nodeLimit) <= Self.nodeLimit else {
        throw DegradationError(
          .recipe, "reading the degradation recipe '\(name)': it has more than \(Self.nodeLimit) values")
      }
      let place = CodingUserInfoKey.recipeName.map { [$0: name] } ?? [:]
      self = try YAMLDecoder().decode(DegradationRecipe.self, from: node, userInfo: place)
    } catch let error as YamlError {
      let words = "\(error)".split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      throw DegradationError(
        .recipe, "reading the degradation recipe '\(name)': it is no YAML: \(words.joined(separator: " "))")
    }
  }

  /// Finds a recipe by its name or reads it from a file.
  /// - Parameter text: A name of ``catalogue``, or the path of a YAML file.
  /// - Throws: `DegradationError` that lists the names, or says what is wrong with the file.
  public static func find(_ text: String) throws -> DegradationRecipe {
    let ending = (text as NSString).pathExtension.lowercased()
    guard ["yaml", "yml", "json"].contains(ending) || text.contains("/") else { return try named(text) }
    let content: String
    do {
      content = try String(contentsOfFile: text, encoding: .utf8)
    } catch {
      throw DegradationError(.recipe, "reading the degradation recipe '\(text)': \(error.localizedDescription)")
    }
    return try DegradationRecipe(
      yaml: content, name: ((text as NSString).lastPathComponent as NSString).deletingPathExtension)
  }

  private static func count(_ node: Node, upTo limit: Int) -> Int {
    var total = 1
    for child in node.children where total <= limit { total += count(child, upTo: limit - total) }
    return total
  }

  /// The recipe as YAML, every key with its value, to be copied and changed. Reading it gives the same recipe.
  /// - Throws: What the encoders throw.
  public func yaml() throws -> String {
    guard let node = try Yams.compose(yaml: YAMLEncoder().encode(self)) else { return "" }
    let exact = try JSONDecoder().decode(Exact.self, from: JSONEncoder().encode(self))
    return try Yams.serialize(node: Self.readable(node, exact), width: 110)
  }

  /// Short lists on one line, weights in falling order, and numbers as the JSON has them: the YAML encoder's have exponents and
  /// fifteen digits.
  private static func readable(_ node: Node, _ exact: Exact?) -> Node {
    switch node {
    case .scalar(var scalar):
      if case .number(let number) = exact { scalar.string = number.short }
      return .scalar(scalar)
    case .sequence(var sequence):
      let values: [Exact] = if case .list(let values) = exact { values } else { [] }
      let isFlat = sequence.allSatisfy { $0.scalar != nil }
      for index in sequence.indices {
        sequence[index] = readable(sequence[index], values.indices.contains(index) ? values[index] : nil)
      }
      if isFlat { sequence.style = .flow }
      return .sequence(sequence)
    case .mapping(let mapping):
      let values: [String: Exact] = if case .group(let values) = exact { values } else { [:] }
      var pairs = mapping.map { ($0.key, readable($0.value, $0.key.string.flatMap { values[$0] })) }
      // Weights by name come from a dictionary, which has no order of its own.
      let areWeights = !mapping.isEmpty && mapping.allSatisfy { words.contains($0.key.string ?? "") }
      if areWeights {
        pairs.sort { ($1.1.float ?? 0, $0.0.string ?? "") < ($0.1.float ?? 0, $1.0.string ?? "") }
      }
      return .mapping(Node.Mapping(pairs, mapping.tag, areWeights ? .flow : .block))
    default: return node
    }
  }

  private static let words = Set(BlurFamily.allCases.map(\.rawValue) + Resampling.allCases.map(\.rawValue))
}

/// The recipe's numbers to the last bit.
private enum Exact: Decodable {
  case number(Double)
  case list([Exact])
  case group([String: Exact])
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let group = try? value.decode([String: Exact].self) {
      self = .group(group)
    } else if let list = try? value.decode([Exact].self) {
      self = .list(list)
    } else {
      self = (try? value.decode(Double.self)).map(Exact.number) ?? .other
    }
  }
}

extension Node {
  fileprivate var children: [Node] {
    switch self {
    case .sequence(let sequence): Array(sequence)
    case .mapping(let mapping): mapping.flatMap { [$0.key, $0.value] }
    default: []
    }
  }
}
