import Checkpoints
import Testing
import Torch

struct RenamedSourceTests {
  private func take(_ source: RenamedSource, _ key: String, _ shape: [Int]) throws -> Tensor {
    try ParameterLoader(source).root.take(key, shape, .zeros)
  }

  private func stacked() throws -> ParameterDictionary {
    ParameterDictionary(
      [
        "qkv": try Tensor((0..<12).map { Float($0) }, [6, 2]),
        "conv": try Tensor([1, 2, 3, 4] as [Float], [2, 2, 1, 1]),
        "rest": try .ones([1]), "clock": try .ones([1]),
      ], name: "old.ckpt")
  }

  @Test func renamesCutsTurnsAndReshapes() throws {
    let source = RenamedSource(
      try stacked(),
      [
        "q": .init("qkv", rows: 0..<2), "v": .init("qkv", rows: 4..<6),
        "kT": .init("qkv", rows: 2..<4, change: .transposed), "linear": .init("conv", change: .reshaped([2, 2])),
        "swapped": .init("qkv", rows: 0..<4, change: .halvesSwapped), "absent": .init("nothing"),
      ]
    ) { $0 == "clock" }
    #expect(source.name == "old.ckpt")
    #expect(source.keys == ["q", "v", "kT", "linear", "swapped", "rest"])
    #expect(try take(source, "q", [2, 2]).floats() == [0, 1, 2, 3])
    #expect(try take(source, "v", [2, 2]).floats() == [8, 9, 10, 11])
    #expect(try take(source, "kT", [2, 2]).floats() == [4, 6, 5, 7])
    #expect(try take(source, "linear", [2, 2]).floats() == [1, 2, 3, 4])
    #expect(try take(source, "swapped", [4, 2]).floats() == [4, 5, 6, 7, 0, 1, 2, 3])
    #expect(try take(source, "rest", [1]).floats() == [1])
    #expect(try take(source, "q", [2, 2]).sharesMemory(with: take(source, "q", [2, 2])))
  }

  @Test func aLoadAccountsForWhatIsLeft() throws {
    let source = RenamedSource(try stacked(), ["q": .init("qkv", rows: 0..<2), "absent": .init("nothing")])
    let loader = ParameterLoader(source)
    for key in ["q", "absent", "qkv"] { _ = try loader.root.take(key, [2, 2], .zeros) }
    let account = loader.finish()
    // The old name of what was renamed is no longer there.
    #expect(account.missing == ["absent", "qkv"])
    #expect(account.unexpected == ["clock", "conv", "rest"])
  }

  @Test(arguments: [
    (RenamedSource.Origin("qkv", rows: 4..<8), "rows 4..<8 was expected of 'qkv', which is [6, 2]"),
    (.init("conv", change: .transposed), "a matrix was expected of 'conv', which is [2, 2, 1, 1]"),
    (.init("rest", change: .halvesSwapped), "an even number of rows was expected of 'rest', which is [1]"),
    (.init("conv", change: .reshaped([3])), "as many elements as [3] has was expected of 'conv'"),
  ])
  func tensorsThatDoNotFitAreNamed(origin: RenamedSource.Origin, words: String) throws {
    let source = RenamedSource(try stacked(), ["new": origin])
    let error = #expect(throws: CheckpointError.self) { try take(source, "new", [2, 2]) }
    #expect(error?.code == .mismatch)
    #expect(error?.message.hasPrefix("reading 'new' from old.ckpt: ") == true)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
