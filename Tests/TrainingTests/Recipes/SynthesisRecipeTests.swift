import Datasets
import Foundation
import TestSupport
import Testing
import Training

/// Recipes of `burnish synthesize`.
struct SynthesisRecipeTests {
  private func read(_ text: String) throws -> SynthesisRecipe {
    try RecipeReader.read(text, name: "r.yaml", defaults: SynthesisRecipe())
  }

  private func words(_ text: String) -> String {
    do {
      _ = try read(text)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private func json(_ recipe: SynthesisRecipe) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(recipe), as: UTF8.self)
  }

  @Test func whatIsLeftOutKeepsItsDefault() throws {
    #expect(try json(read("output: pairs")) == json(SynthesisRecipe()))
    // JSON is YAML; keys without a value are null.
    #expect(try json(read(json(SynthesisRecipe()))) == json(SynthesisRecipe()))
  }

  @Test func everyKeyIsRead() throws {
    let recipe = try read(
      """
      output: o
      seeds: {first: 5, count: 7}
      picture: {width: 64, height: 32, format: webp, latents: true}
      generator: {kind: sdxl, model: m, steps: 3, guidance: 2.5, prompt: p, folders: [f]}
      selection: {metrics: [niqe, musiq], percentile: 10, black: 0.1, uniform: 0.2}
      degradation: {recipe: mixture-x4, seed: 9}
      """)
    #expect(recipe.output == "o" && recipe.seeds.range == 5..<12)
    #expect(recipe.picture.width == 64 && recipe.picture.height == 32)
    #expect(recipe.picture.format == .webp && recipe.picture.latents)
    #expect(recipe.generator.kind == "sdxl" && recipe.generator.model == "m" && recipe.generator.prompt == "p")
    #expect(recipe.generator.steps == 3 && recipe.generator.guidance == 2.5 && recipe.generator.folders == ["f"])
    #expect(recipe.selection.metrics == ["niqe", "musiq"] && recipe.selection.rule.percentile == 10)
    #expect(recipe.selection.rule.black == 0.1 && recipe.selection.rule.uniform == 0.2)
    #expect(recipe.degradation.recipe == "mixture-x4" && recipe.degradation.seed == 9)
    // Not one of them is the default.
    let (given, defaults) = (try json(recipe), try json(SynthesisRecipe()))
    #expect(given.split(separator: ",").filter { defaults.split(separator: ",").contains($0) }.isEmpty)
  }

  @Test(arguments: [
    ("outputt: x", "unknown key 'outputt'; did you mean 'output'?"),
    ("seeds: {frist: 1}", "unknown key 'seeds.frist'; did you mean 'first'?"),
    ("picture: {colour: x}", "unknown key 'picture.colour'; it takes format, height, latents, width"),
    ("generator: {guidence: 1}", "unknown key 'generator.guidence'; did you mean 'guidance'?"),
    ("selection: {percentil: 1}", "unknown key 'selection.percentil'; did you mean 'percentile'?"),
    ("degradation: {recip: 1}", "unknown key 'degradation.recip'; did you mean 'recipe'?"),
    ("output: \"\"", "'output': it is empty; name the folder of the data set"),
    ("seeds: {count: 0}", "'seeds.count': 0 pictures; it must be within 1…1000000000"),
    (
      "seeds: {first: 9223372036854775800}",
      "'seeds.first': the last of 1000 seeds after 9223372036854775800 is too large"
    ),
    ("picture: {width: 8}", "'picture.width': 8 pixels; it must be within 16…8192"),
    ("picture: {height: 9000}", "'picture.height': 9000 pixels; it must be within 16…8192"),
    ("picture: {format: jpeg}", "'picture.format': 'jpeg' is not known; it takes png, webp"),
    ("generator: {steps: 0}", "'generator.steps': 0 steps; it must be within 1…1000"),
    ("generator: {guidance: -1}", "'generator.guidance': it is -1.0; it must be within 0…100"),
    ("selection: {percentile: 100}", "'selection.percentile': it is 100.0; it must be at least 0 and below 100"),
    ("selection: {percentile: -1}", "'selection.percentile': it is -1.0; it must be at least 0 and below 100"),
    ("selection: {black: 2}", "'selection.black': it is 2.0; it must be within 0…1"),
    ("selection: {uniform: 0.6}", "'selection.uniform': it is 0.6; it must be within 0…0.5"),
  ])
  func badRecipesAreRefused(text: String, message: String) {
    #expect(words(text) == "reading the recipe r.yaml: " + message)
  }
}
