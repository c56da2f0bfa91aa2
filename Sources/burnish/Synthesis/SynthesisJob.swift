internal import Datasets
internal import Degradation
internal import Foundation
internal import Quality
internal import Torch

/// A recipe's settings, and what works by them. Nothing is loaded before it is needed.
struct SynthesisJob {
  let settings: SynthesisSettings
  let tools: Synthesis.Tools
  let device: Device
  /// What the user should know before the run.
  let warnings: [String]

  /// - Throws: `UsageError` for what the recipe asks and cannot have; `DatasetError` for folders of photographs.
  init(_ recipe: SynthesisRecipe, device: Device, dtype: DType) throws {
    self.device = device
    let generator = try GeneratorChoice(recipe, device: device, dtype: dtype)
    let (choices, warnings) = try Self.metrics(recipe.selection.metrics)
    self.warnings = warnings
    let degrader: PairDegrader
    do {
      degrader = try PairDegrader(
        DegradationRecipe.find(recipe.degradation.recipe), seed: recipe.degradation.seed, codec: VipsJPEGCodec())
    } catch let error as DegradationError {
      throw UsageError(error.message)
    }
    let (picture, scale) = (recipe.picture, degrader.degradation.scale)
    guard picture.width.isMultiple(of: scale), picture.height.isMultiple(of: scale) else {
      throw UsageError(
        "the recipe's pictures of \(picture.width)x\(picture.height) cannot be made smaller by "
          + "'\(recipe.degradation.recipe)': sides must be multiples of \(scale)")
    }
    if picture.latents, !generator.hasLatents {
      throw UsageError(
        "the recipe's 'picture.latents' asks for latents, which the generator '\(recipe.generator.kind)' does not have")
    }
    settings = SynthesisSettings(
      generator: generator.settings, width: picture.width, height: picture.height, format: picture.format,
      latents: picture.latents,
      metrics: choices.map {
        SynthesisSettings.ScoreKind(name: Self.name($0), higherIsBetter: $0.entry.higherIsBetter)
      }, degradation: degrader.degradation)
    tools = Synthesis.Tools(
      generator: generator.load, metrics: { try choices.map { try Self.load($0, device) } }, degrader: degrader,
      encoder: VipsEncoder())
  }

  // MARK: Metrics

  /// What FluxGen selects by.
  private static let usual = ["clipiqa", "maniqa", "musiq"]

  private static func metrics(_ words: [String]) throws -> (choices: [MetricCatalogue.Choice], warnings: [String]) {
    if words == [SynthesisRecipe.Selection.automatic] {
      let all = try usual.map { try choose($0) }
      let there = all.filter { $0.entry.missingFiles(in: MetricChoices.folder).isEmpty }
      let absent = usual.filter { word in !there.contains { $0.word == word } }
      guard !absent.isEmpty else { return (there, []) }
      let instead = there.isEmpty ? "; niqe is taken instead" : ""
      return (
        there.isEmpty ? [try choose("niqe")] : there,
        [
          "no weights of \(absent.joined(separator: ", ")) in \(MetricChoices.folder)\(instead) ('burnish score --list' says what is needed)"
        ]
      )
    }
    var names: Set<String> = []
    let choices = try words.map { try choose($0) }.filter { names.insert(name($0)).inserted }
    for choice in choices where !choice.entry.missingFiles(in: MetricChoices.folder).isEmpty {
      // Says which files are absent and where they come from.
      do { _ = try load(choice, .cpu) } catch let error as QualityError { throw UsageError(error.message) }
    }
    return (choices, [])
  }

  private static func choose(_ word: String) throws -> MetricCatalogue.Choice {
    let choice: MetricCatalogue.Choice
    do { choice = try MetricCatalogue.choose(word) } catch {
      throw UsageError("the recipe's 'selection.metrics': \(error.message) ('burnish score --list' names all)")
    }
    guard choice.entry.kind == .single else {
      throw UsageError(
        "the recipe's 'selection.metrics' names '\(choice.entry.name)', which compares with a reference; generated pictures "
          + "have none")
    }
    return choice
  }

  private static func name(_ choice: MetricCatalogue.Choice) -> String {
    choice.entry.name + (choice.border == 0 ? "" : "-crop\(choice.border)")
  }

  private static func load(_ choice: MetricCatalogue.Choice, _ device: Device) throws -> any NoReferenceMetric {
    let request = MetricEntry.Request(border: choice.border, folder: MetricChoices.folder, device: device)
    guard case .single(let metric) = try choice.entry.make(request) else {
      throw UsageError("the metric '\(choice.entry.name)' does not look at single pictures")
    }
    return metric
  }
}
