import Checkpoints
import Foundation

/// A family of fixtures, and the layouts that belong to it.
protocol ParityComponent: Sendable {
  /// What fixtures and manifests call it.
  var names: [String] { get }

  /// Computes every output of a fixture.
  /// - Throws: Whatever the module throws; that fails the fixture.
  func run(_ fixture: Fixture) throws -> [Answer]

  /// Builds the module, of which only the keys it asks for matter.
  /// - Parameters:
  ///   - config: The published configuration, JSON.
  ///   - path: Hands out parameters without memory.
  func build(_ config: Data, _ path: ParameterPath) throws
}

extension ParityComponent {
  func build(_ config: Data, _ path: ParameterPath) throws {
    throw ParityError("the component '\(names.joined(separator: "', '"))' has no weights of its own")
  }
}
