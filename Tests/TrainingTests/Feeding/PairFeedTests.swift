import Datasets
import Degradation
import Foundation
import TestSupport
import Testing
import Torch

@testable import Training

/// Pairs from a manifest to the tensors of a batch.
struct PairFeedTests {
  /// A set of two pairs whose files hold the number of the pair, and one that was dropped.
  private struct PairSet {
    let folder: TemporaryFolder

    init(scale: Int = 4) throws {
      try useOneThread()
      folder = try TemporaryFolder()
      var degradation = try PairDegrader(.mixtureX4, seed: 1, codec: BaselineJPEG()).degradation
      degradation.scale = scale
      let settings = SynthesisSettings(
        generator: ["kind": "drawn"], width: 64, height: 64, latents: false, metrics: [], degradation: degradation)
      let encoder = JSONEncoder()
      try folder.write(encoder.encode(PairDescription(settings)), to: "dataset.json")
      var lines = Data()
      for number in 0..<3 as Range<UInt64> {
        var record = PairRecord(seed: number, settings: settings.hash)
        record.hq = PairFile(path: "hq/\(number)", sha256: "", bytes: 1)
        record.lq = PairFile(path: "lq/\(number)", sha256: "", bytes: 1)
        record.kept = number < 2
        record.caption = number == 1 ? "a house" : nil
        lines += try encoder.encode(record) + Data("\n".utf8)
        for (name, side) in [("hq", 64), ("lq", 64 / scale)] {
          try folder.write("\(side) \(number)".utf8, to: "\(name)/\(number)")
        }
      }
      try folder.write(lines, to: "manifest.jsonl")
    }
  }

  /// Fills a picture with ten times its number, one more where it is small.
  private struct NumberDecoder: PictureDecoder {
    func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
      let text = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap { Int($0) }
      let value = UInt8(10 * text[1] + (text[0] < 64 ? 1 : 0))
      return (text[0], text[0], Array(repeating: value, count: 3 * text[0] * text[0]))
    }
  }

  private func host(_ say: @escaping (String) -> Void = { _ in }) -> TrainingHost {
    TrainingHost(
      decoder: NumberDecoder(), codec: BaselineJPEG(), device: .cpu, dtype: .float32, resume: false,
      writePicture: { _, _ in }, say: say, report: { _, _, _ in }, shouldStop: { false })
  }

  private func recipe(_ text: String) throws -> DataRecipe {
    try RecipeReader.read("data: {\(text), batch: 8, crop: 32}", name: "r", defaults: PriorRecipe()).data
  }

  @Test func keptPairsAreLearntFromAsTheyAre() throws {
    let set = try PairSet()
    let recipe = try recipe("pairs: [\(set.folder.path)]")
    #expect(recipe.folders == [])
    let feed = PictureFeed(recipe, seed: 2, scale: 4, host())
    let batch = try feed.batch(feed.plan(feed.source()).batch(0))
    #expect(batch.high_BCHW.shape == [8, 3, 32, 32] && batch.low_BCHW.shape == [8, 3, 8, 8])
    var seen: Set<Int> = []
    for row in 0..<8 {
      let high = try batch.high_BCHW.narrowed(0, from: row, length: 1).doubles().map { Int(($0 * 255).rounded()) }
      let low = try batch.low_BCHW.narrowed(0, from: row, length: 1).doubles().map { Int(($0 * 255).rounded()) }
      #expect(Set(high).count == 1 && Set(low) == [high[0] + 1])
      #expect(batch.captions[row] == (high[0] == 10 ? "a house" : ""))
      seen.insert(high[0])
    }
    #expect(seen == [0, 10])
  }

  @Test func heldOutPairsAreFound() throws {
    let set = try PairSet()
    let recipe = try recipe("pairs: [\(set.folder.path)], validation: [\(set.folder.path)]")
    var lines: [String] = []
    _ = try HeldOutPictures(recipe, seed: 1, scale: 4, host { lines.append($0) })
    #expect(lines == ["found 2 pairs in '\(set.folder.path)'"])
  }

  @Test func pairsOfAnotherScaleAreRefused() throws {
    let set = try PairSet(scale: 2)
    let recipe = try recipe("pairs: [\(set.folder.path)]")
    let error = #expect(throws: TrainingError.self) { try PictureFeed(recipe, seed: 1, scale: 4, host()).source() }
    #expect(
      error?.message == "the pairs in '\(set.folder.path)' are ×2, and what is trained is ×4; take others")
  }
}
