import Degradation
import Foundation
import Quality
import TestSupport
import Torch

@testable import Datasets

/// Stores pictures as they are, behind their size.
struct PlainEncoder: PictureEncoder {
  func encode(rgb8: [UInt8], width: Int, height: Int, as format: LosslessFormat) throws -> [UInt8] {
    Array("\(format.rawValue) \(width) \(height)\n".utf8) + rgb8
  }
}

/// A metric that says the mean of one channel.
struct ChannelMean: NoReferenceMetric {
  let channel: Int
  var name: String { "channel-\(channel)" }
  var higherIsBetter: Bool { channel != 2 }
  /// Means below this have no score.
  var floor = -1.0

  func score(_ image_BCHW: Tensor) throws -> [Double] {
    let mean = try image_BCHW.narrowed(1, from: channel, length: 1).to(.float64).mean().item()
    guard mean > floor else { throw QualityError(.picture, "\(name) sees nothing") }
    return [mean]
  }
}

/// A generator whose pictures are given by a closure.
struct ClosureGenerator: PictureGenerator {
  let make: (UInt64, GenerationWatch) throws -> GeneratedPicture

  func generate(seed: UInt64, width: Int, height: Int, watch: GenerationWatch) throws -> GeneratedPicture {
    try make(seed, watch)
  }
}

/// A small data set of drawings.
struct SmallSet {
  static let side = 32
  static let metrics = [ChannelMean(channel: 0), ChannelMean(channel: 2)]

  var folder: String
  var generator: any PictureGenerator = DrawnGenerator()
  var metrics = Self.metrics
  var seed: UInt64 = 7
  var latents = false

  func synthesis() throws -> Synthesis {
    try useOneThread()
    let degrader = try PairDegrader(.mixtureX4, seed: seed, codec: BaselineJPEG())
    let settings = SynthesisSettings(
      generator: ["kind": "drawn"], width: Self.side, height: Self.side, latents: latents,
      metrics: metrics.map { .init(name: $0.name, higherIsBetter: $0.higherIsBetter) },
      degradation: degrader.degradation)
    let (generator, metrics) = (generator, metrics)
    return try Synthesis(
      folder, settings: settings,
      tools: Synthesis.Tools(
        generator: { generator }, metrics: { metrics }, degrader: degrader, encoder: PlainEncoder()))
  }

  /// Makes everything and selects.
  @discardableResult
  func run(_ seeds: Range<UInt64>, _ rule: SelectionRule = SelectionRule()) throws -> Synthesis.Finish {
    let synthesis = try synthesis()
    _ = try synthesis.make(SeedShard(all: seeds))
    return try synthesis.finish(seeds, rule: rule)
  }
}

/// Every file below a folder with its contents, hidden ones too.
func contents(of folder: String) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
    let path = folder + "/" + name
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    files[name] = isFolder.boolValue ? Array("folder".utf8) : Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
  return files
}

/// A picture of one colour, or of noise around it.
func flatPicture(_ level: Double, noise: Double = 0, seed: UInt64 = 0) throws -> GeneratedPicture {
  let shape = [1, 3, SmallSet.side, SmallSet.side]
  let random = try Tensor.randn(shape, generator: Generator(seed: seed))
  return GeneratedPicture(try random * noise + level)
}

func words<Value>(_ body: () throws -> Value) -> String {
  do {
    _ = try body()
    return "nothing"
  } catch {
    return "\(error)"
  }
}
