import Degradation
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Reads what ``PlainEncoder`` writes.
struct PlainDecoder: PictureDecoder {
  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0
    let sides = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    return (sides[0], sides[1], Array(bytes[(end + 1)...]))
  }
}

struct PairCropsTests {
  /// A finished set whose kept pairs are ``marked(width:height:blue:)`` pictures: a pixel of the small one has the place of
  /// the corner of its block.
  private func finished() throws -> (folder: TemporaryFolder, manifest: PairManifest) {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(0..<20)
    let manifest = try PairManifest(folder: folder.path)
    for (number, pair) in manifest.pairs.enumerated() {
      let (hq, lq) = (try #require(pair.hq), try #require(pair.lq))
      let high = try marked(width: 32, height: 32, blue: UInt8(number))
      var low: [UInt8] = []
      for y in 0..<8 { for x in 0..<8 { low += [UInt8(4 * x), UInt8(4 * y), UInt8(number)] } }
      try folder.write(PlainEncoder().encode(rgb8: high.rgb8, width: 32, height: 32, as: .png), to: hq.path)
      try folder.write(PlainEncoder().encode(rgb8: low, width: 8, height: 8, as: .png), to: lq.path)
    }
    return (folder, manifest)
  }

  private func words(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func bothCropsShowTheSamePart() throws {
    let (folder, manifest) = try finished()
    let crops = try PairCrops(folder.path, decoder: PlainDecoder())
    #expect(crops.count == manifest.pairs.count && crops.count < manifest.records.count && crops.scale == 4)
    var seen: Set<Float> = []
    var places: Set<[Float]> = []
    for item in 0..<200 as Range<UInt64> {
      var random = SeededRandom(seed: 3, item)
      let crop = try crops.pairedCrop(side: 16, using: &random)
      let low = try #require(crop.low)
      #expect(crop.high.width == 16 && low.width == 4 && low.height == 4)
      for plane in 0..<3 {
        for y in 0..<4 {
          for x in 0..<4 {
            let block = (0..<16).map { crop.high.pixels[plane * 256 + (4 * y + $0 / 4) * 16 + 4 * x + $0 % 4] }
            #expect(block.min() == low.pixels[plane * 16 + y * 4 + x])
          }
        }
      }
      seen.insert(low.pixels[32])
      places.insert([low.pixels[0], low.pixels[16]])
    }
    #expect(seen.count == crops.count && places.count > 20)
  }

  /// What a plan makes of pairs: their own low-quality pictures, and captions.
  @Test func aPlanTakesThePartners() throws {
    let (folder, manifest) = try finished()
    for pair in manifest.pairs {
      let name = try #require(pair.hq).path.split(separator: ".")[0]
      try folder.write("a picture of \(pair.seed)".utf8, to: name + ".txt")
    }
    let crops = try PairCrops(folder.file("manifest.jsonl"), decoder: PlainDecoder())
    let plan = try CropPlan(source: MixedCrops([(crops, 1)]), recipe: .blindX4, batchSize: 4, side: 16, seed: 5)
    let batch = try plan.batch(0)
    for row in 0..<4 {
      #expect(batch.lowQuality[row].pixels[32] == batch.highQuality[row].pixels[512])
      #expect(batch.lowQuality[row].pixels.max() ?? 0 <= batch.highQuality[row].pixels.max() ?? 0)
      let number = Int((batch.highQuality[row].pixels[512] * 255).rounded())
      #expect(batch.captions[row] == "a picture of \(manifest.pairs[number].seed)")
    }
    let again = try plan.batch(0)
    #expect(batch.highQuality == again.highQuality && batch.lowQuality == again.lowQuality)
  }

  @Test func setsThatCannotBeUsedAreRefused() throws {
    let (folder, manifest) = try finished()
    let path = folder.path
    var random = SeededRandom(seed: 1, name: "x")
    let crops = try PairCrops(path, decoder: PlainDecoder())
    #expect(
      words { _ = try crops.pairedCrop(side: 64, using: &random) }.hasSuffix("it is too small; take smaller crops"))
    #expect(
      words { _ = try crops.pairedCrop(side: 18, using: &random) }
        .hasSuffix("a data set of scale 4 has partners that many times smaller, and crops are multiples of it"))
    let lq = try #require(manifest.pairs[0].lq)
    try FileManager.default.removeItem(atPath: folder.file(lq.path))
    #expect(
      words { _ = try PairCrops(path, decoder: PlainDecoder()) }
        == "reading the pairs in '\(path)': '\(lq.path)' of its manifest is not there")
    #expect(PairCrops.isPairs(path) && !PairCrops.isPairs(path + "/hq"))
    try folder.write(
      PairManifest.bytes(
        manifest.records.map {
          var none = $0; none.kept = false; return none
        }), to: "manifest.jsonl")
    #expect(
      words { _ = try PairCrops(path, decoder: PlainDecoder()) }
        == "reading the pairs in '\(path)': none of \(manifest.records.count) was kept")
  }
}
