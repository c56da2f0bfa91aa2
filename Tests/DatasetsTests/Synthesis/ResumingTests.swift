import Foundation
import TestSupport
import Testing

@testable import Datasets

/// A data set that is made with interruptions is that of an undisturbed run, to the byte.
struct ResumingTests {
  private static let seeds: Range<UInt64> = 1000..<1200

  /// Made once.
  private static let undisturbed = Result {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(seeds)
    return try contents(of: folder.path)
  }

  @Test func theUndisturbedRunIsWhole() throws {
    let files = try Self.undisturbed.get()
    let text = String(decoding: try #require(files["manifest.jsonl"]), as: UTF8.self)
    #expect(text.split(separator: "\n").count == 200)
    #expect(
      Set(files.keys.compactMap { $0.split(separator: "/").first }) == [
        "dataset.json", "manifest.jsonl", "hq", "lq", "dropped",
      ])
    #expect(files.keys.count { $0.hasPrefix("hq/") } == files.keys.count { $0.hasPrefix("lq/") })
    #expect(files.keys.count { $0.hasSuffix(".png") } == 400)
    #expect(files.keys.contains("hq/00001001.png") || files.keys.contains("dropped/hq/00001001.png"))
  }

  /// Where three kills fall.
  private static let kills: [[Synthesis.Moment]] = [
    [.generated(1000), .generated(1001), .generated(1199)],
    [.wroteHigh(1010), .wroteLow(1010), .recorded(1010)],
    [.wroteLow(1003), .recorded(1100), .wroteHigh(1199)],
    [.recorded(1199), .placed(1000), .placed(1150)],
    [.placed(1199), .described, .listed],
  ]

  @Test(arguments: kills) func threeKillsLeaveNoTrace(at moments: [Synthesis.Moment]) throws {
    let folder = try TemporaryFolder()
    for moment in moments {
      let synthesis = try SmallSet(folder: folder.path).synthesis()
      synthesis.trace = { if $0 == moment { throw SynthesisKill() } }
      #expect(throws: SynthesisKill.self) {
        _ = try synthesis.make(SeedShard(all: Self.seeds))
        _ = try synthesis.finish(Self.seeds, rule: SelectionRule())
      }
      // What a kill may leave besides: files and lines that are half written.
      try folder.write("half".utf8, to: "hq/.00001111.png.1abc.partial")
      try folder.write("half".utf8, to: "lq/.00001199.png.1abc.partial")
      try folder.write("half".utf8, to: ".manifest.jsonl.1abc.partial")
      let journal = folder.file("journal/all.jsonl")
      if let former = FileManager.default.contents(atPath: journal) {
        try folder.write(former + Data("{\"flaws\":[],\"height\":3".utf8), to: "journal/all.jsonl")
      }
    }
    try SmallSet(folder: folder.path).run(Self.seeds)
    #expect(try contents(of: folder.path) == Self.undisturbed.get())
  }

  @Test func aFinishedSetStaysAsItIs() throws {
    let folder = try TemporaryFolder()
    let small = SmallSet(folder: folder.path, generator: ClosureGenerator { _, _ in throw SynthesisKill() })
    #expect(throws: SynthesisKill.self) { try small.run(0..<3) }
    try SmallSet(folder: folder.path).run(0..<3)
    let before = try contents(of: folder.path)
    // Nothing is generated again.
    try small.run(0..<3)
    #expect(try contents(of: folder.path) == before)
  }

  @Test(arguments: [[1, 2, 3], [3, 1, 2]]) func sharesMakeTheSameSet(order: [Int]) throws {
    let folder = try TemporaryFolder()
    for number in order {
      let synthesis = try SmallSet(folder: folder.path).synthesis()
      let share = try SeedShard(number, of: 3, in: Self.seeds)
      let summary = try synthesis.make(share)
      #expect(summary.made == share.seeds.count && summary.skipped == 0)
      let finish = try synthesis.finish(Self.seeds, rule: SelectionRule())
      if number == order.last {
        guard case .finished = finish else { throw TestFailure("the last share found \(finish)") }
      } else {
        guard case .incomplete(let missing) = finish else { throw TestFailure("an early share found \(finish)") }
        #expect(missing.count > 60 && missing.first.count == 5)
      }
    }
    #expect(try contents(of: folder.path) == Self.undisturbed.get())
  }

  /// Shares of machines without a common disk: their folders are copied into one.
  @Test func sharesOfSeveralFoldersArePutTogether() throws {
    let whole = try TemporaryFolder()
    for number in 1...2 {
      let part = try TemporaryFolder()
      _ = try SmallSet(folder: part.path).synthesis().make(SeedShard(number, of: 2, in: Self.seeds))
      for (name, bytes) in try contents(of: part.path) where bytes != Array("folder".utf8) {
        try whole.write(bytes, to: name)
      }
    }
    _ = try Synthesis.existing(whole.path).finish(Self.seeds, rule: SelectionRule())
    #expect(try contents(of: whole.path) == Self.undisturbed.get())
  }

  /// Seeds that are asked for later come to those that are there; cuts are made anew.
  @Test func aLargerSetIsThatOfOneRun() throws {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(1000..<1050)
    let first = try PairManifest(folder: folder.path)
    let synthesis = try SmallSet(folder: folder.path).synthesis()
    let summary = try synthesis.make(SeedShard(all: Self.seeds))
    #expect(summary.made == 150 && summary.skipped == 50)
    _ = try synthesis.finish(Self.seeds, rule: SelectionRule())
    #expect(try contents(of: folder.path) == Self.undisturbed.get())
    // A dropped picture came back, or one was dropped: the cuts of 200 are not those of 50.
    let second = try PairManifest(folder: folder.path)
    #expect(first.description.selection?.cuts != second.description.selection?.cuts)
  }

  @Test func aLostPictureIsMadeAgain() throws {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(Self.seeds)
    let kept = try #require(PairManifest(folder: folder.path).pairs.first?.lq)
    try FileManager.default.removeItem(atPath: folder.file(kept.path))
    let summary = try SmallSet(folder: folder.path).synthesis().make(SeedShard(all: Self.seeds))
    #expect(summary.made == 1)
    try SmallSet(folder: folder.path).run(Self.seeds)
    #expect(try contents(of: folder.path) == Self.undisturbed.get())
  }

  @Test func twoRunsDoNotMakeTheSameShare() throws {
    let folder = try TemporaryFolder()
    let journal = try SynthesisJournal(folder.write([], to: "journal/all.jsonl"))
    let message = words { try SmallSet(folder: folder.path).run(0..<2) }
    #expect(
      message == "opening the journal '\(folder.file("journal/all.jsonl"))': another run is making the same pictures. "
        + "Wait for it, or take another share with --shard")
    withExtendedLifetime(journal) {}
  }

  @Test func stoppingKeepsWhatIsDone() throws {
    let folder = try TemporaryFolder()
    let small = SmallSet(
      folder: folder.path,
      generator: ClosureGenerator { seed, _ in
        if seed == 3 { throw CancellationError() }
        return try DrawnGenerator().generate(
          seed: seed, width: SmallSet.side, height: SmallSet.side, watch: GenerationWatch(shouldStop: { false }))
      })
    let summary = try small.synthesis().make(SeedShard(all: 0..<5))
    #expect(summary.interrupted && summary.made == 3 && summary.failed == 0)
    let again = try SmallSet(folder: folder.path).synthesis().make(SeedShard(all: 0..<5))
    #expect(again.made == 2 && again.skipped == 3 && !again.interrupted)
  }
}

/// What a test says when a value has the wrong form.
struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
