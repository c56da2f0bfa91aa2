internal import Foundation

/// Files under `Tests/Fixtures/`.
public enum Fixture {
  /// The path of a fixture.
  /// - Parameter name: Relative to `Tests/Fixtures/`.
  public static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  /// The path of a file of this repository.
  /// - Parameter name: Relative to the repository's root.
  public static func repositoryPath(_ name: String) -> String {
    tests.deletingLastPathComponent().appendingPathComponent(name).path
  }

  private static var tests: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  }
  private static var root: URL { tests.appendingPathComponent("Fixtures") }
}
