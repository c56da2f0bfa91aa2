internal import Datasets
internal import Foundation
internal import Restorers
internal import Torch

/// What makes a recipe's pictures.
struct GeneratorChoice {
  /// What the data set records of it.
  let settings: [String: String]
  let hasLatents: Bool
  let load: () throws -> any PictureGenerator

  private typealias Settings = SynthesisRecipe.Generator

  private static let (drawn, folder) = ("drawn", "folder")

  /// - Throws: `UsageError` for what the recipe asks and cannot have; `DatasetError` for folders of photographs.
  init(_ recipe: SynthesisRecipe, device: Device, dtype: DType) throws {
    let wanted = recipe.generator
    if let entry = GeneratorEntry.all.first(where: { $0.name == wanted.kind }) {
      try Self.refuse(wanted, "folders")
      (settings, load) = try Self.model(entry, recipe, device: device, dtype: dtype)
      hasLatents = true
      return
    }
    hasLatents = false
    switch wanted.kind {
    case Self.drawn:
      try Self.refuse(wanted, "model", "steps", "guidance", "prompt", "folders")
      settings = ["kind": wanted.kind]
      load = { DrawnGenerator() }
    case Self.folder:
      try Self.refuse(wanted, "model", "steps", "guidance", "prompt")
      let photographs = try PhotographGenerator(folders: wanted.folders, decoder: VipsDecoder())
      settings = ["kind": wanted.kind, "photographs": "\(photographs.count)", "names": photographs.digest]
      load = { photographs }
    default:
      let known = GeneratorEntry.all.map(\.name) + [Self.drawn, Self.folder]
      throw UsageError("the recipe's 'generator.kind' is '\(wanted.kind)'; it takes \(known.joined(separator: ", "))")
    }
  }

  private static func model(
    _ entry: GeneratorEntry, _ recipe: SynthesisRecipe, device: Device, dtype: DType
  ) throws -> (settings: [String: String], load: () throws -> any PictureGenerator) {
    let (wanted, picture) = (recipe.generator, recipe.picture)
    guard picture.width.isMultiple(of: entry.sideMultiple), picture.height.isMultiple(of: entry.sideMultiple) else {
      throw UsageError(
        "the recipe's pictures of \(picture.width)x\(picture.height) cannot be generated with '\(entry.name)': sides must "
          + "be multiples of \(entry.sideMultiple)")
    }
    let path = try path(wanted.model, entry)
    let guidance = wanted.prompt.isEmpty ? entry.defaultGuidance.empty : entry.defaultGuidance.prompted
    let request = GenerationSettings(
      width: picture.width, height: picture.height, steps: wanted.steps ?? entry.defaultSteps,
      guidance: wanted.guidance ?? guidance, prompt: wanted.prompt)
    let settings = [
      "kind": entry.name, "model": wanted.model.isEmpty ? "installed" : wanted.model, "steps": "\(request.steps)",
      "guidance": "\(request.guidance)", "prompt": request.prompt, "dtype": "\(dtype)",
    ]
    return (settings, { ModelGenerator(try entry.load(path, request, dtype: dtype, device: device)) })
  }

  /// Where a model lies: where the recipe says, or in the model folder, in a folder of its own or beside others.
  private static func path(_ model: String, _ entry: GeneratorEntry) throws -> String {
    guard model.isEmpty else {
      guard FileManager.default.fileExists(atPath: model) else {
        throw UsageError(
          "the recipe's 'generator.model' is '\(model)', where nothing is; it takes the folder of a model")
      }
      return model
    }
    let own = ModelLocator.home + "/" + entry.name
    return FilePath.isFolder(own) ? own : ModelLocator.home
  }

  /// Keys that mean nothing to a kind: what is asked for and not done would surprise later.
  private static func refuse(_ wanted: Settings, _ keys: String...) throws {
    let given = [
      "model": !wanted.model.isEmpty, "steps": wanted.steps != nil, "guidance": wanted.guidance != nil,
      "prompt": !wanted.prompt.isEmpty, "folders": !wanted.folders.isEmpty,
    ]
    guard let key = keys.first(where: { given[$0] == true }) else { return }
    throw UsageError("the recipe's 'generator.\(key)' means nothing to the kind '\(wanted.kind)'; leave it out")
  }
}

/// A text-to-image model as a maker of pairs.
struct ModelGenerator: PictureGenerator {
  private let model: any TextToImageGenerator

  init(_ model: any TextToImageGenerator) { self.model = model }

  func generate(seed: UInt64, width: Int, height: Int, watch: GenerationWatch) throws -> GeneratedPicture {
    let (tell, shouldStop) = (Unchecked(watch.progress), watch.shouldStop)
    let monitor = RestorationMonitor(
      report: { progress in if progress.stage == .denoise { tell.value(progress.step, progress.steps) } },
      cancellation: CancellationCheck(shouldStop))
    do {
      let (picture_BCHW, latent_BCHW) = try model.generate(seed: seed, monitor: monitor)
      return GeneratedPicture(picture_BCHW, latent_BCHW: latent_BCHW)
    } catch let error as RestorationError where error.code == .notFinite {
      throw UnusablePicture(error.message)
    }
  }

  /// Monitors are called on the thread that does the work, which is this one.
  private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
