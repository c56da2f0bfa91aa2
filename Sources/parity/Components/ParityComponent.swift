import Checkpoints
import Foundation

/// A family of fixtures, and the layouts that belong to it.
protocol ParityComponent: Sendable {
  /// What fixtures and manifests call it.
  var names: [String] { get }

  /// Computes every output of a fixture.
  /// - Throws: Whatever the module throws; that fails the fixture.
  func run(_ fixture: Fixture) throws -> [Answer]

  /// A published layout under the names that the module asks for.
  /// - Parameters:
  ///   - config: The published configuration, JSON.
  ///   - layout: The published keys.
  func source(_ config: Data, over layout: any ParameterSource) throws -> any ParameterSource

  /// Builds the module, of which only the keys it asks for matter.
  /// - Parameters:
  ///   - config: The published configuration, JSON.
  ///   - path: Hands out parameters without memory.
  func build(_ config: Data, _ path: ParameterPath) throws
}

extension ParityComponent {
  func source(_ config: Data, over layout: any ParameterSource) throws -> any ParameterSource { layout }

  func build(_ config: Data, _ path: ParameterPath) throws {
    throw ParityError("the component '\(names.joined(separator: "', '"))' has no weights of its own")
  }
}
