/// Checks of numbers that a recipe gives; knows where in which recipe they stand.
struct RecipeCheck {
  private let recipe: String
  private let path: String

  init(recipe: String, path: String = "") {
    self.recipe = recipe
    self.path = path
  }

  func inside(_ key: String) -> RecipeCheck { RecipeCheck(recipe: recipe, path: path.isEmpty ? key : "\(path).\(key)") }

  subscript(index: Int) -> RecipeCheck { RecipeCheck(recipe: recipe, path: "\(path)[\(index)]") }

  func error(_ key: String, _ words: String) -> DegradationError {
    DegradationError(.recipe, "checking the degradation recipe '\(recipe)': \(inside(key).path) \(words)")
  }

  func probability(_ value: Double, _ key: String) throws { try self.value(value, within: 0...1, key) }

  func value<Bound: RecipeNumber>(_ value: Bound, within limits: ClosedRange<Bound>, _ key: String) throws {
    guard limits.contains(value) else {
      throw error(key, "is \(value.short); it must be within \(limits.lowerBound.short)…\(limits.upperBound.short)")
    }
  }

  func range<Bound: RecipeNumber>(_ range: ClosedRange<Bound>, within limits: ClosedRange<Bound>, _ key: String) throws
  {
    guard limits.contains(range.lowerBound), limits.contains(range.upperBound) else {
      throw error(
        key,
        "is \(range.lowerBound.short) to \(range.upperBound.short); it must be within "
          + "\(limits.lowerBound.short)…\(limits.upperBound.short)")
    }
  }

  func weights<Name: Hashable>(_ weights: [Name: Double], _ key: String) throws {
    guard weights.values.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.values.contains(where: { $0 > 0 }) else {
      let list = weights.values.sorted().map(\.short).joined(separator: ", ")
      throw error(key, "has the weights [\(list)]; none may be below 0 and one must be above")
    }
  }
}

/// Numbers as people write them.
protocol RecipeNumber: Comparable {
  /// What messages call it.
  static var noun: String { get }
  /// Without a fraction where there is none.
  var short: String { get }
}

extension Int: RecipeNumber {
  static var noun: String { "whole number" }
  var short: String { "\(self)" }
}

extension Double: RecipeNumber {
  static var noun: String { "number" }
  var short: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
