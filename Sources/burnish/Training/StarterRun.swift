internal import Datasets
internal import Degradation
internal import Foundation
internal import Priors
internal import Restorers
internal import Torch
internal import Training

/// A starter's training with this program's pictures, codec and terminal.
struct StarterRun {
  private let recipe: StarterRecipe
  private let device: Device
  private let dtype: DType
  private let resume: Bool

  init(_ recipe: StarterRecipe, device: Device, dtype: DType, resume: Bool) {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    self.resume = resume
  }

  func run() throws {
    let levels = try recipe.model.scheduler(steps: recipe.model.times.count).levels
    let trainer = try StarterTrainer(recipe, levels: levels, device: device, dtype: dtype, resume: resume)
    let source = try crops()
    let validation = try ValidationSet(recipe.data.validation, model: recipe.model, device: device)
    Terminal.say(
      "training \(trainer.parameterCount) parameters on \(device) in \(dtype), from step \(trainer.stepsDone) to \(recipe.steps); "
        + "the run's folder is \(recipe.output)")

    var degradation = DegradationRecipe.blindX4
    degradation.scale = recipe.model.scale
    degradation.plainShare = recipe.data.clean
    let plan = try CropPlan(
      source: source, recipe: degradation, codec: VipsJPEGCodec(), batchSize: recipe.data.batch, side: recipe.data.crop,
      seed: recipe.seed)
    let loader = CropLoader(plan, from: trainer.stepsDone, threads: recipe.data.threads)
    defer { loader.stop() }

    let display = TrainingDisplay(steps: recipe.steps)
    try trainer.run(
      StarterTrainer.Surroundings(
        batch: { _ in
          let batch = try loader.next()
          return StarterTrainer.Batch(high_BCHW: try batch.highQualityTensor(), low_BCHW: try batch.lowQualityTensor())
        },
        measure: { network, _ in try validation.measure(network) },
        report: { step, values in display.show(step, values) },
        shouldStop: { Interruption.isRequested }))
    Terminal.say("stopped after step \(trainer.stepsDone) of \(recipe.steps); the model is in \(recipe.output)/model")
  }

  private func crops() throws -> any CropSource {
    if recipe.data.drawn == 1 { return DrawnPictures() }
    var parts: [(source: any CropSource, weight: Double)] = []
    for folder in recipe.data.folders {
      let photos = try PhotoCrops(try PictureFolder(folder), decoder: VipsDecoder())
      Terminal.say("read \(photos.count) pictures of '\(folder)', \(Terminal.bytes(photos.byteCount)) in memory")
      parts.append((photos, (1 - recipe.data.drawn) * Double(photos.count)))
    }
    let photoWeight = parts.reduce(0) { $0 + $1.weight }
    if recipe.data.drawn > 0 {
      parts.append((DrawnPictures(), photoWeight * recipe.data.drawn / (1 - recipe.data.drawn)))
    }
    return try MixedCrops(parts)
  }
}

/// Pictures to measure with: the AddSR paper's first and last case, against plain enlargement.
struct ValidationSet {
  private struct Case {
    let name: String
    let high_BCHW: Tensor
    let enlarged_BCHW: Tensor
    let base: Double
  }

  private var cases: [Case] = []
  private let model: StarterConfig
  private let device: Device

  init(_ folders: [String], model: StarterConfig, device: Device) throws {
    self.model = model
    self.device = device
    for folder in folders {
      let pictures = try PictureFolder(folder)
      for name in pictures.names {
        let picture = try VipsDecoder().decodeRGB8(path: pictures.path(of: name))
        let image = try PlanarImage(rgb8: picture.pixels, width: picture.width, height: picture.height)
        for recipe in [DegradationRecipe.bicubicX4, .mixtureX4] { try add(image, name: name, recipe) }
      }
    }
  }

  /// The middle of the picture, at most 512 pixels a side, degraded with the picture's own seed.
  private mutating func add(_ image: PlanarImage, name: String, _ recipe: DegradationRecipe) throws {
    let multiple = model.sideMultiple
    let (height, width) = (min(512, image.height) / multiple * multiple, min(512, image.width) / multiple * multiple)
    guard height > 0, width > 0 else { return }
    let high_BCHW = try image.tensor()
      .narrowed(2, from: (image.height - height) / 2, length: height)
      .narrowed(3, from: (image.width - width) / 2, length: width).contiguous()
    var random = SeededRandom(seed: 0, name: recipe.name + "/" + name)
    let crop = try PlanarImage.images(high_BCHW)[0]
    let low = try recipe.draw(using: &random).apply(to: crop, codec: VipsJPEGCodec())
    let enlarged_BCHW = try low.tensor().resized(height: height, width: width, .bicubic, antialias: true)
    cases.append(
      Case(
        name: recipe.name, high_BCHW: high_BCHW, enlarged_BCHW: enlarged_BCHW,
        base: try Scores.psnr(enlarged_BCHW, high_BCHW)))
  }

  /// Mean PSNR on Y over the pictures of each case, at one step, and how far that is above plain enlargement.
  func measure(_ network: StarterNetwork) throws -> [String: Double] {
    var gains: [String: [Double]] = [:]
    let restorer = StarterRestorer(network)
    for item in cases {
      for steps in [1, model.times.count] {
        let result = try restorer.restore(
          RestorationInput(enlarged_BCHW: try item.enlarged_BCHW.to(device: device)),
          RestorationRequest(steps: steps, colorFix: .none), tile: nil,
          monitor: .silent)
        gains["\(item.name)/gain@\(steps)", default: []].append(try Scores.psnr(result, item.high_BCHW) - item.base)
      }
    }
    return gains.mapValues { $0.reduce(0, +) / Double($0.count) }
  }
}
