import Checkpoints
import Degradation
import Foundation
import TestSupport
import Testing
import Torch

@testable import Datasets

/// What is made, what is recorded, and what is refused.
struct SynthesisTests {
  @Test func everyPictureIsRecorded() throws {
    let folder = try TemporaryFolder()
    var small = SmallSet(folder: folder.path)
    small.latents = true
    small.generator = ClosureGenerator { seed, _ in
      GeneratedPicture(
        try flatPicture(0.5, noise: 0.2, seed: seed).picture_BCHW, latent_BCHW: try .full([1, 4, 4, 4], Double(seed)))
    }
    let synthesis = try small.synthesis()
    var events: [String] = []
    let summary = try synthesis.make(
      SeedShard(all: 5..<8),
      report: { event in
        switch event {
        case .begin(let done, let count): events.append("begin \(done)/\(count)")
        case .made(let record): events.append("made \(record.seed)")
        default: events.append("other")
        }
      })
    #expect(summary == .init(made: 3) && events == ["begin 0/3", "made 5", "made 6", "made 7"])
    var rule = SelectionRule()
    rule.percentile = 0
    guard case .finished(let outcome) = try synthesis.finish(5..<8, rule: rule) else {
      throw TestFailure("not finished")
    }
    #expect(outcome.kept == 3 && outcome.dropped == 0)
    let manifest = try PairManifest(folder: folder.path)
    #expect(manifest.description.settings == synthesis.settings)
    #expect(manifest.description.settingsHash == synthesis.settings.hash && manifest.description.scale == 4)
    let record = try #require(manifest.records.first)
    #expect(record.seed == 5 && record.settings == synthesis.settings.hash && record.width == 32 && record.height == 32)
    #expect(record.files.map(\.path) == ["hq/00000005.png", "lq/00000005.png", "latents/00000005.safetensors"])
    // The low-quality picture is a quarter as wide and spoilt by the recipe under the picture's own seed.
    let high = try #require(FileManager.default.contents(atPath: folder.file("hq/00000005.png")))
    let low = try #require(FileManager.default.contents(atPath: folder.file("lq/00000005.png")))
    #expect(high.starts(with: Data("png 32 32\n".utf8)) && low.starts(with: Data("png 8 8\n".utf8)))
    let image = try PlanarImage(rgb8: Array(high.dropFirst(10)), width: 32, height: 32)
    var random = SeededRandom(seed: 7, 5)
    let spoilt = try DegradationRecipe.mixtureX4.draw(using: &random).apply(to: image, codec: BaselineJPEG())
    #expect(Array(low.dropFirst(8)) == spoilt.bytes8())
    let mean = Double(high.dropFirst(10).enumerated().filter { $0.offset % 3 == 0 }.reduce(0) { $0 + Int($1.element) })
    #expect(abs((record.scores["channel-0"] ?? 0) - mean / 1024) < 1e-9)
    let latent = try SafetensorsFile(path: folder.file("latents/00000005.safetensors")).tensor("latent")
    #expect(try latent.shape == [1, 4, 4, 4] && latent.mean().item() == 5)
  }

  @Test func aFailedPictureIsTriedAgain() throws {
    let folder = try TemporaryFolder()
    let small = SmallSet(
      folder: folder.path,
      generator: ClosureGenerator { seed, _ in
        if seed == 1 { throw TestFailure("no memory today") }
        return try flatPicture(0.5, noise: 0.2, seed: seed)
      })
    var failures: [String] = []
    let synthesis = try small.synthesis()
    let summary = try synthesis.make(
      SeedShard(all: 0..<4),
      report: { event in
        if case .failed(let seed, let error) = event { failures.append("\(seed): \(error)") }
      })
    #expect(summary == .init(made: 3, failed: 1) && failures == ["1: no memory today"])
    #expect(try synthesis.finish(0..<4, rule: SelectionRule()) == .incomplete(.init(count: 1, first: [1])))
    #expect(!FileManager.default.fileExists(atPath: folder.file("manifest.jsonl")))
    let again = SmallSet(
      folder: folder.path,
      generator: ClosureGenerator { try flatPicture(0.5, noise: 0.2, seed: $0 + ($1.shouldStop() ? 1 : 0)) })
    #expect(try again.synthesis().make(SeedShard(all: 0..<4)) == .init(made: 1, skipped: 3))
  }

  @Test func manyFailuresEndTheRun() throws {
    let folder = try TemporaryFolder()
    let small = SmallSet(
      folder: folder.path, generator: ClosureGenerator { _, _ in throw TestFailure("the disk is full") })
    #expect(
      words { try small.run(0..<100) }
        == "making pairs: 5 pictures in a row failed, the last with: the disk is full")
  }

  @Test func otherSettingsAreRefused() throws {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(0..<2)
    let other = SmallSet(folder: folder.path, metrics: [ChannelMean(channel: 0)], seed: 8)
    #expect(
      words { try other.synthesis() }
        == "going on with the pairs in '\(folder.path)': they were made with other settings (degradation.seed was 7 and is 8; "
        + "metrics was [channel-0, channel-2] and is [channel-0]). Go back to those, or name another 'output'")
  }

  @Test func strangeJournalsAreRefused() throws {
    let folder = try TemporaryFolder()
    _ = try SmallSet(folder: folder.path).synthesis().make(SeedShard(1, of: 2, in: 0..<4))
    let journal = "journal/1-of-2.jsonl"
    let text = String(decoding: try #require(FileManager.default.contents(atPath: folder.file(journal))), as: UTF8.self)
    let synthesis = try Synthesis.existing(folder.path)
    func finish(_ journal: String) throws -> String {
      try folder.write(journal.utf8, to: "journal/2-of-2.jsonl")
      return words { try synthesis.finish(0..<4, rule: SelectionRule()) }
    }
    #expect(
      try finish(text.replacing("\"mean\":", with: "\"mean\":1"))
        == "putting the journals together: '\(folder.file(journal))' and '\(folder.file("journal/2-of-2.jsonl"))' have different "
        + "pictures of seed 0; delete that line in one of them")
    #expect(
      try finish(text.replacing("\"seed\":0", with: "\"seed\":9").replacing(synthesis.settings.hash, with: "feed"))
        .hasPrefix("putting the journals together: "))
    #expect(
      try finish("{\"flaws\":[],\"reasons\":[],\"scores\":{},\"seed\":3,\"settings\":\"feed\"}\n")
        == "putting the journals together: the picture of seed 3 was made with other settings; shares of one data set are "
        + "made by the same recipe")
    // A line in the middle is no half-written end.
    #expect(try finish("nonsense\n" + text).hasPrefix("reading '\(folder.file("journal/2-of-2.jsonl"))', line 1: "))
    // The same picture twice is no contradiction.
    #expect(try finish(text) == "nothing")
  }

  @Test func sharesCoverAllSeedsOnce() throws {
    for (count, parts) in [(10, 3), (2, 5), (1, 1), (1000, 7)] {
      let seeds: Range<UInt64> = 40..<40 + UInt64(count)
      let shares = try (1...parts).map { try SeedShard($0, of: parts, in: seeds).seeds }
      #expect(shares.flatMap(Array.init) == Array(seeds))
      #expect((shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1)
    }
    #expect(
      words { try SeedShard(0, of: 3, in: 0..<9) } == "taking share 0 of 3: shares are numbered from 1 to their number")
    #expect(
      words { try SeedShard(4, of: 3, in: 0..<9) } == "taking share 4 of 3: shares are numbered from 1 to their number")
    #expect(try SeedShard(3...5, in: 0..<9).seeds == 3..<6)
    #expect(words { try SeedShard(3...9, in: 0..<9) } == "taking the seeds 3 to 9: the recipe has 0 to 8")
  }

  @Test func photographsAreTakenInTurn() throws {
    let photos = try TemporaryFolder()
    for name in ["a.png", "bb.png", "ccc.png"] { try photos.write([], to: name) }
    let generator = try PhotographGenerator(folders: [photos.path], decoder: NamedDecoder())
    let watch = GenerationWatch(shouldStop: { false })
    let levels = try (0..<4).map { seed in
      try generator.generate(seed: UInt64(seed), width: 16, height: 12, watch: watch).picture_BCHW
    }
    #expect(levels.allSatisfy { $0.shape == [1, 3, 12, 16] })
    // The decoder's pictures have the length of the name everywhere.
    #expect(try levels.map { Int((try $0.mean().item() * 255).rounded()) } == [5, 6, 7, 5])
    #expect(
      words { try generator.generate(seed: 1, width: 25, height: 12, watch: watch) }
        == "the photograph '\(photos.file("bb.png"))' has 24x20 pixels, too few for 25x12")
    try photos.write([], to: "d.png")
    #expect(try PhotographGenerator(folders: [photos.path], decoder: NamedDecoder()).digest != generator.digest)
    #expect(
      words { try PhotographGenerator(folders: [], decoder: NamedDecoder()) }
        == "looking for photographs to make pairs of: no folder is named")
  }
}
