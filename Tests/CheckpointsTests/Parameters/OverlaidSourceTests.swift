import Checkpoints
import Testing
import Torch

@Suite struct OverlaidSourceTests {
  private func source(_ name: String, _ values: [String: Double]) throws -> ParameterDictionary {
    ParameterDictionary(try values.mapValues { try .full([1], $0) }, name: name)
  }

  private func take(_ source: OverlaidSource, _ key: String) throws -> Double? {
    let found = try ParameterLoader(source).root.take(key, [1], .zeros)
    return found.device == .meta ? nil : try found.item()
  }

  @Test func theUpperSourceHidesEqualKeys() throws {
    let both = OverlaidSource(try source("adapter", ["a": 2, "new": 3]), over: try source("model", ["a": 1, "b": 1]))
    #expect(both.keys == ["a", "b", "new"])
    #expect(both.name == "adapter over model")
    #expect(try take(both, "a") == 2)
    #expect(try take(both, "b") == 1)
    #expect(try take(both, "new") == 3)
    #expect(try take(both, "c") == nil)
  }

  /// What belongs to the upper source is never taken from below: a missing layer is missing.
  @Test func aRuleSaysWhatIsTheUpperSources() throws {
    let both = OverlaidSource(
      try source("seesr", ["x.image.a": 2, "y": 2]), over: try source("turbo", ["x.image.b": 1, "y": 1])
    ) { $0.contains(".image.") }
    #expect(both.keys == ["x.image.a", "y"])
    #expect(try take(both, "x.image.a") == 2)
    #expect(try take(both, "x.image.b") == nil)
    #expect(try take(both, "y") == 1)
  }
}
