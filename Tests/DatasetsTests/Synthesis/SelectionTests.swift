import Foundation
import TestSupport
import Testing
import Torch

@testable import Datasets

/// Which pictures are kept, and why others are not.
struct SelectionTests {
  private static func record(_ seed: UInt64, _ scores: [String: Double], hash: String? = nil) -> PairRecord {
    var record = PairRecord(seed: seed, settings: "s")
    record.scores = scores
    record.hq = PairFile(path: "hq/\(seed).png", sha256: hash ?? "\(seed)", bytes: 1)
    record.statistics = PictureStatistics(mean: 0.5, deviation: 0.2)
    return record
  }

  private static let metrics = [
    SynthesisSettings.ScoreKind(name: "up", higherIsBetter: true),
    SynthesisSettings.ScoreKind(name: "down", higherIsBetter: false),
  ]

  /// Twenty-one pictures with the scores 0 … 20: the 5th percentile lies at position 1, the 95th at 19.
  @Test func aTableOfScores() throws {
    let records = (0...20).map { Self.record(UInt64($0), ["up": Double($0), "down": Double($0) * 10]) }
    let decided = SelectionRule().decide(records, metrics: Self.metrics)
    #expect(decided.pool == 21)
    #expect(decided.cuts["up"] == ScoreCut(value: 1, higherIsBetter: true))
    #expect(decided.cuts["down"] == ScoreCut(value: 190, higherIsBetter: false))
    // The cut itself is kept; below on one metric is enough to be dropped.
    #expect(decided.records.filter { $0.kept == false }.map(\.seed) == [0, 20])
    #expect(decided.records[0].reasons == ["up 0.0 is below the cut, 1.0"])
    #expect(decided.records[20].reasons == ["down 200.0 is above the cut, 190.0"])
    #expect(decided.records[1].reasons.isEmpty && decided.records[1].kept == true)
  }

  @Test func percentilesLieBetweenScores() {
    var rule = SelectionRule()
    #expect(abs((rule.cut([3, 1, 2, 4], higherIsBetter: true)?.value ?? 0) - 1.15) < 1e-12)
    #expect(abs((rule.cut([3, 1, 2, 4], higherIsBetter: false)?.value ?? 0) - 3.85) < 1e-12)
    rule.percentile = 50
    #expect(rule.cut([3, 1, 2, 4], higherIsBetter: true)?.value == 2.5)
    rule.percentile = 0
    #expect(rule.cut([3, 1, 2, 4], higherIsBetter: true)?.value == 1)
    #expect(rule.cut([3, 1, 2, 4], higherIsBetter: false)?.value == 4)
    #expect(rule.cut([5], higherIsBetter: true)?.value == 5)
    #expect(rule.cut([], higherIsBetter: true) == nil)
  }

  /// What is dropped for itself has no part in the cuts.
  @Test func flawedPicturesDoNotCount() throws {
    var records = (0...20).map { Self.record(UInt64($0), ["up": Double($0), "down": 1]) }
    records.append(Self.record(30, ["up": -1000, "down": 1]))
    records[21].statistics = PictureStatistics(mean: 0.01, deviation: 0.2)
    records.append(Self.record(31, ["up": -1000, "down": 1]))
    records[22].statistics = PictureStatistics(mean: 0.5, deviation: 0.01)
    records.append(Self.record(32, ["up": 10, "down": 1], hash: "4"))
    records.append(Self.record(33, ["up": 10]))
    records.append(Self.record(34, [:]))
    records[25].flaws = ["the picture holds NaN or infinity"]
    let decided = SelectionRule().decide(records, metrics: Self.metrics)
    #expect(decided.pool == 21 && decided.cuts["up"]?.value == 1)
    #expect(
      decided.records.filter { $0.kept == false }.map { [$0.reasons.joined(separator: "|")] } == [
        ["up 0.0 is below the cut, 1.0"],
        ["black: its mean brightness, 0.01, is below 0.02"],
        ["near-uniform: the deviation of its brightness, 0.01, is below 0.02"],
        ["the same picture as that of seed 4"],
        ["there is no score of down"],
        ["the picture holds NaN or infinity"],
      ])
  }

  @Test func statisticsOfPictures() {
    let black = PictureStatistics(rgb8: [UInt8](repeating: 0, count: 12))
    #expect(black.mean == 0 && black.deviation == 0)
    let halves = PictureStatistics(rgb8: [0, 0, 0, 255, 255, 255])
    #expect(halves.mean == 0.5 && abs(halves.deviation - 0.5) < 1e-12)
    #expect(abs(PictureStatistics(rgb8: [0, 255, 0]).mean - 0.587) < 1e-12)
  }

  /// From the generator to the manifest.
  @Test func flawsAreRecorded() throws {
    let folder = try TemporaryFolder()
    let nan = try Tensor.full([1, 3, SmallSet.side, SmallSet.side], .nan)
    let small = SmallSet(
      folder: folder.path,
      generator: ClosureGenerator { seed, _ in
        switch seed {
        case 0: GeneratedPicture(nan)
        case 1: try flatPicture(0)
        case 2: try flatPicture(0.5)
        case 3: throw UnusablePicture("the lens cap was on")
        case 4: try flatPicture(0.9, noise: 0.1)
        case 5, 6: try flatPicture(0.5, noise: 0.3, seed: 99)
        default: try flatPicture(0.5, noise: 0.3, seed: seed)
        }
      }, metrics: [ChannelMean(channel: 0, floor: 50)])
    try small.run(0..<12)
    let manifest = try PairManifest(folder: folder.path)
    let reasons = manifest.records.map { $0.reasons.first ?? "kept" }
    #expect(reasons[0] == "the picture holds NaN or infinity")
    #expect(reasons[1] == "channel-0 sees nothing")
    #expect(manifest.records[1].reasons.last == "black: its mean brightness, 0.0, is below 0.02")
    #expect(reasons[2] == "near-uniform: the deviation of its brightness, 0.0, is below 0.02")
    #expect(reasons[3] == "the lens cap was on")
    #expect(reasons[6] == "the same picture as that of seed 5")
    #expect(manifest.records[0].hq == nil && manifest.records[0].width == nil && manifest.records[0].statistics == nil)
    #expect(manifest.records[2].hq?.path == "dropped/hq/00000002.png")
    #expect(manifest.description.selection?.pool == 7)
    #expect(manifest.pairs.count == 6 && manifest.description.selection?.kept == 6)
    for record in manifest.records { #expect(manifest.problems(in: record).isEmpty) }
  }

  /// Thresholds are data: another rule needs no new picture.
  @Test func anotherRuleMovesFilesBothWays() throws {
    let folder = try TemporaryFolder()
    let synthesis = try SmallSet(folder: folder.path).synthesis()
    _ = try synthesis.make(SeedShard(all: 0..<40))
    var strict = SelectionRule()
    strict.percentile = 30
    _ = try synthesis.finish(0..<40, rule: SelectionRule())
    let mild = try contents(of: folder.path)
    _ = try synthesis.finish(0..<40, rule: strict)
    let hard = try contents(of: folder.path)
    #expect(hard.keys.count { $0.hasPrefix("hq/") } < mild.keys.count { $0.hasPrefix("hq/") })
    #expect(hard.keys.count { $0.hasSuffix(".png") } == 80)
    let manifest = try PairManifest(folder: folder.path)
    for record in manifest.records {
      #expect(manifest.problems(in: record).isEmpty)
      #expect(record.files.allSatisfy { $0.path.hasPrefix("dropped/") == (record.kept == false) })
    }
    _ = try synthesis.finish(0..<40, rule: SelectionRule())
    #expect(try contents(of: folder.path) == mild)
  }

  /// The folder of dropped pictures may be deleted; nothing is made again for it.
  @Test func droppedPicturesMayBeDeleted() throws {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(0..<40)
    let before = try PairManifest(folder: folder.path)
    try FileManager.default.removeItem(atPath: folder.file("dropped"))
    let synthesis = try SmallSet(folder: folder.path).synthesis()
    #expect(try synthesis.make(SeedShard(all: 0..<40)).made == 0)
    var rule = SelectionRule()
    rule.percentile = 0
    _ = try synthesis.finish(0..<40, rule: rule)
    let after = try PairManifest(folder: folder.path)
    #expect(after.pairs.map(\.seed) == before.pairs.map(\.seed))
    let gone = try #require(after.records.first { $0.kept == false })
    #expect(gone.files.isEmpty && gone.reasons == ["its files are gone"])
  }
}
