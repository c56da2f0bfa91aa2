import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Training

struct RecipeReaderTests {
  private func read(_ text: String) throws -> StarterRecipe {
    try RecipeReader.read(text, name: "r.yaml", defaults: StarterRecipe())
  }

  private func words(_ text: String) -> String {
    do {
      _ = try read(text)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private func json(_ recipe: StarterRecipe) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(recipe), as: UTF8.self)
  }

  @Test func whatIsLeftOutKeepsItsDefault() throws {
    #expect(try json(read("kind: starter")) == json(StarterRecipe()))
    let recipe = try read("steps: 7\noptimiser: {weight_decay: 0.5}\ndata:\n  folders: [a, b]\n")
    var expected = StarterRecipe()
    expected.steps = 7
    expected.optimiser.decay = 0.5
    expected.data.folders = ["a", "b"]
    #expect(try json(recipe) == json(expected))
  }

  @Test func aTableOfNamesTakesAnyThatItsReaderKnows() throws {
    let recipe = try read("data: {others: {mixture-x4: 0.25, bicubic-x4: 0.5}, places: 3}")
    #expect(recipe.data.others == ["mixture-x4": 0.25, "bicubic-x4": 0.5] && recipe.data.places == 3)
    #expect(words("data: {others: {mixture-x5: 0.25}}").contains("did you mean 'mixture-x4'?"))
    #expect(words("data: {others: {mixture-x4: 0.6, blur-x4: 0.6}}").contains("it must be within 0…1"))
    #expect(words("data: {places: 0}").contains("0 places a crop; there must be at least 1"))
  }

  /// A starter without a restoration module.
  private static let plainModel = """
    model:
      network:
        in_channels: 48
        out_channels: 48
        down_block_types: [DownBlock2D, DownBlock2D, DownBlock2D, DownBlock2D]
        up_block_types: [UpBlock2D, UpBlock2D, UpBlock2D, UpBlock2D]
        mid_block_type: UNetMidBlock2D
    """

  @Test func whoLearnsMustBeThere() throws {
    #expect(
      words("objective: {learners: module}\n" + Self.plainModel)
        .contains("learners: module needs a model with a restoration_module, and this one has none"))
    #expect(
      words("objective: {learners: nobody}").contains("'nobody' is not known; it takes all, module and diffusion"))
    #expect(words("objective: {adversarial: 0.1}").contains("set learners to diffusion"))
  }

  @Test func allDefaultsAreReadAsTheyAreWritten() throws {
    // JSON is YAML.
    #expect(try json(read(json(StarterRecipe()))) == json(StarterRecipe()))
  }

  @Test(arguments: [
    "recipe.yaml", "recipe-continued.yaml", "recipe-module.yaml", "recipe-adversarial.yaml", "ablations/full.yaml",
    "ablations/no-refinement.yaml", "ablations/even-times.yaml", "ablations/neither.yaml",
  ])
  func theShippedRecipesAreReadAndAreTheDefaultModel(name: String) throws {
    let path = Fixture.repositoryPath("Models/starter/\(name)")
    let recipe = try RecipeReader.read(
      String(contentsOfFile: path, encoding: .utf8), name: path, defaults: StarterRecipe())
    #expect(recipe.kind == "starter" && recipe.data.crop % recipe.model.sideMultiple == 0)
    #expect(recipe.model.network == StarterRecipe().model.network)
  }

  @Test(arguments: [
    ("stepps: 5", "unknown key 'stepps'; did you mean 'steps'?"),
    ("optimizer: {rate: 1}", "unknown key 'optimizer'; did you mean 'optimiser'?"),
    ("optimiser: {wieght_decay: 1}", "unknown key 'optimiser.wieght_decay'; did you mean 'weight_decay'?"),
    (
      "model:\n  network:\n    block_out_chanels: [8]",
      "unknown key 'model.network.block_out_chanels'; did you mean 'block_out_channels'?"
    ),
    ("schedule: {often: 3}", "unknown key 'schedule.often'; it takes keep, log, save, validate"),
    (
      "zzzzzzzz: 1",
      "unknown key 'zzzzzzzz'; it takes data, kind, model, objective, optimiser, output, schedule, seed, start, steps"
    ),
    ("7: 1", "unknown key '7'; it takes data, kind, model, objective, optimiser, output, schedule, seed, start, steps"),
    (
      "data: {1: x, crop: 128}",
      "unknown key 'data.1'; it takes batch, clean, crop, degradation, drawn, folders, others, pairs, places, threads, validation"
    ),
  ])
  func unknownKeysAreNamedWithTheNearest(text: String, message: String) {
    #expect(words(text) == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n...\n", "null", "~"])
  func emptyRecipesAreRefused(text: String) {
    #expect(words(text) == "reading the recipe r.yaml: it is empty")
  }

  @Test(arguments: ["- steps\n- 5", "just words", "5"])
  func whatIsNoMappingIsRefused(text: String) {
    #expect(words(text) == "reading the recipe r.yaml: it holds no 'key: value' lines")
  }

  @Test(arguments: ["steps: [1, 2", "a: b: c", "\tsteps: 1", "steps: 1\nsteps: 2", "kind: \"open"])
  func whatIsNoYAMLIsRefused(text: String) {
    let words = words(text)
    #expect(words.hasPrefix("reading the recipe r.yaml: ") && words.count > 40, "\(words)")
  }

  @Test(arguments: [
    ("steps: many", "steps"), ("steps: 1.5", "steps"), ("seed: -1", "seed"),
    ("data: {folders: photos}", "data.folders"),
    ("data: {crop: [128]}", "data.crop"), ("optimiser: {rate: fast}", "optimiser.rate"), ("optimiser: 3", "optimiser"),
    ("data: [a]", "data"), ("model: {network: {block_out_channels: 64}}", "model.network.block_out_channels"),
  ])
  func otherTypesAreRefusedWithTheirPlace(text: String, place: String) {
    let words = words(text)
    #expect(words.hasPrefix("reading the recipe r.yaml: '\(place)': "), "\(words)")
  }

  @Test(arguments: [
    ("steps: 0", "'steps': 0 steps; there must be at least 1"),
    ("data: {batch: 0}", "'data.batch': 0 crops a step; there must be at least 1"),
    ("data: {crop: 0}", "'data.crop': the side of the crops is 0; it must be at least 1"),
    ("data: {crop: 130}", "'data': the side of the crops, 130, is no multiple of the model's scale, 4"),
    ("data: {clean: 1.2}", "'data.clean': the share is 1.2; it must be within 0…1"),
    ("data: {drawn: -0.1}", "'data.drawn': the share is -0.1; it must be within 0…1"),
    ("data: {threads: 0}", "'data.threads': 0 threads; there must be at least 1"),
    (
      "data: {folders: []}",
      "'data.folders': there is no folder; name one, or pairs, or draw every picture with 'drawn: 1'"
    ),
    ("optimiser: {rate: 0}", "'optimiser.rate': the learning rate is 0.0; it must be above 0"),
    ("optimiser: {rate: .nan}", "'optimiser.rate': the learning rate is nan; it must be above 0"),
    ("optimiser: {warmup: -1}", "'optimiser.warmup': the rise takes -1 steps; it must be at least 0"),
    ("optimiser: {weight_decay: -1}", "'optimiser.weight_decay': the decay is -1.0; it must be at least 0"),
    ("optimiser: {clip: 0}", "'optimiser.clip': the longest gradient is 0.0; it must be above 0"),
    (
      "optimiser: {average: 1}", "'optimiser.average': the average's decay is 1.0; it must be at least 0 and below 1"
    ),
    ("objective: {first: 2}", "'objective.first': the share is 2.0; it must be within 0…1"),
    ("objective: {refined: .inf}", "'objective.refined': the share is inf; it must be within 0…1"),
    ("schedule: {log: 0}", "'schedule.log': every 0 steps; it must be at least 1"),
    ("schedule: {validate: 0}", "'schedule.validate': every 0 steps; it must be at least 1"),
    ("schedule: {save: -5}", "'schedule.save': every -5 steps; it must be at least 1"),
  ])
  func valuesOutOfRangeAreRefused(text: String, message: String) {
    #expect(words(text) == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: [
    ("scale: 3", "", "'data': the side of the crops, 128, is no multiple of the model's scale, 3"),
    ("unshuffle: 2", "", "'model.network': in_channels and out_channels must be 12 for unshuffle 2"),
    ("scale: 4", "norm_num_groups: 7", "'model.network': norm_num_groups 7 does not divide the width 8"),
  ])
  func modelsThatDoNotFitAreRefused(model: String, network: String, message: String) throws {
    // A model is read as a whole: what it leaves out has the U-Net's own defaults.
    let sizes = """
      in_channels: 48, out_channels: 48, block_out_channels: [8], down_block_types: [DownBlock2D],
          up_block_types: [UpBlock2D], mid_block_type: UNetMidBlock2D
      """
    let groups = network.isEmpty ? "norm_num_groups: 4" : network
    #expect(
      words("model:\n  \(model)\n  network: {\(sizes), \(groups)}") == "reading the recipe r.yaml: " + message)
  }

  @Test func aRunOfDrawnPicturesNeedsNoFolder() throws {
    #expect(try read("data: {drawn: 1, folders: []}").data.folders.isEmpty)
  }
}
