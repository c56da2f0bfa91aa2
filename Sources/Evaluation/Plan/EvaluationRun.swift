public import Restorers

/// One row of a table: a model at a number of steps.
public struct EvaluationRun: Sendable {
  /// What restores.
  public enum Method: Sendable {
    /// MATLAB's bicubic: what every paper compares with.
    case bicubic
    /// A system and the folder of its model.
    case restorer(RestorerEntry, folder: String)
  }

  /// The name of the built-in comparison.
  public static let bicubicName = "bicubic"

  /// What restores.
  public let method: Method
  /// The name in tables.
  public var model: String
  /// Network steps; nil takes the model's own number, and bicubic has none.
  public let steps: Int?

  /// A row.
  /// - Parameters:
  ///   - method: What restores.
  ///   - model: The name in tables.
  ///   - steps: Network steps; nil takes the model's own number.
  public init(_ method: Method, model: String, steps: Int?) {
    self.method = method
    self.model = model
    if case .bicubic = method { self.steps = nil } else { self.steps = steps }
  }

  /// In names of folders and messages: `starter-4`, `bicubic`.
  public var label: String { steps.map { "\(model)-\($0)" } ?? model }

  /// Where the model comes from.
  var source: String {
    switch method {
    case .bicubic: "built in"
    case .restorer(_, let folder): folder
    }
  }
}
