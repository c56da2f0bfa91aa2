internal import Datasets
internal import Degradation
internal import Restorers
internal import Torch

/// Pictures to measure with: the AddSR paper's first and last case, against plain enlargement.
struct StarterScores {
  private struct Case {
    let name: String
    let high_BCHW: Tensor
    let enlarged_BCHW: Tensor
    let base: Double
  }

  private var cases: [Case] = []
  private let model: StarterConfig
  private let device: Device

  init(_ folders: [String], model: StarterConfig, _ host: TrainingHost) throws {
    self.model = model
    device = host.device
    for folder in folders {
      let pictures = try PictureFolder(folder)
      for name in pictures.names {
        let picture = try host.decoder.decodeRGB8(path: pictures.path(of: name))
        let image = try PlanarImage(rgb8: picture.pixels, width: picture.width, height: picture.height)
        for recipe in [DegradationRecipe.bicubicX4, .mixtureX4] { try add(image, name: name, recipe, host.codec) }
      }
    }
  }

  /// The middle of the picture, at most 512 pixels a side, degraded with the picture's own seed.
  private mutating func add(
    _ image: PlanarImage, name: String, _ recipe: DegradationRecipe, _ codec: any JPEGCodec
  ) throws {
    let multiple = model.sideMultiple
    let (height, width) = (min(512, image.height) / multiple * multiple, min(512, image.width) / multiple * multiple)
    guard height > 0, width > 0 else { return }
    let high_BCHW = try image.tensor()
      .narrowed(2, from: (image.height - height) / 2, length: height)
      .narrowed(3, from: (image.width - width) / 2, length: width).contiguous()
    var random = SeededRandom(seed: 0, name: recipe.name + "/" + name)
    let crop = try PlanarImage.images(high_BCHW)[0]
    let low = try recipe.draw(using: &random).apply(to: crop, codec: codec)
    let enlarged_BCHW = try low.tensor().resized(height: height, width: width, .bicubic, antialias: true)
    cases.append(
      Case(
        name: recipe.name, high_BCHW: high_BCHW, enlarged_BCHW: enlarged_BCHW,
        base: try LumaScore.psnr(enlarged_BCHW, high_BCHW)))
  }

  /// By case and number of steps, means over its pictures: how far PSNR on Y is above plain enlargement (`gain`, dB), and NIQE
  /// of pictures that are large enough for it (`niqe`).
  func measure(_ network: StarterNetwork) throws -> [String: Double] {
    var gains: [String: [Double]] = [:]
    let restorer = StarterRestorer(network)
    for item in cases {
      for steps in Set([1, model.times.count]) {
        let result = try restorer.restore(
          RestorationInput(enlarged_BCHW: try item.enlarged_BCHW.to(device: device)),
          RestorationRequest(steps: steps, colorFix: .none), tile: nil,
          monitor: .silent)
        gains["\(item.name)/gain@\(steps)", default: []].append(try LumaScore.psnr(result, item.high_BCHW) - item.base)
        if let niqe = try LumaScore.niqe(result) { gains["\(item.name)/niqe@\(steps)", default: []].append(niqe) }
      }
    }
    return gains.mapValues { $0.reduce(0, +) / Double($0.count) }
  }
}
