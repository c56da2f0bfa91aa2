import Degradation
import Foundation
import Testing

@Suite struct RecipeReadingTests {
  private func read(_ text: String) throws -> DegradationRecipe {
    try JSONDecoder().decode(DegradationRecipe.self, from: Data(text.utf8))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    for recipe in DegradationRecipe.catalogue {
      #expect(try JSONDecoder().decode(DegradationRecipe.self, from: JSONEncoder().encode(recipe)) == recipe)
      try recipe.check()
    }
  }

  @Test func whatIsLeftOutKeepsItsDefault() throws {
    #expect(try read(#"{"name": "bicubic-x4"}"#) == .bicubicX4)
    let recipe = try read(
      #"{"name": "n", "scale": 2, "noise": {"sigma": [5, 9]}, "shrink": {"area": 1}, "blur": {"families": {"plateau-isotropic": 2}}}"#
    )
    #expect(recipe.scale == 2 && recipe.shrink == [.area: 1])
    #expect(recipe.noise.sigma == 5...9 && recipe.noise.probability == 1)
    #expect(recipe.blur.families == [.plateauIsotropic: 2] && recipe.blur.sigma == 0.2...3)
    #expect(recipe.compression == .none)
  }

  @Test(arguments: [
    (
      #"{"nose": {}}"#,
      "reading the main part of a degradation recipe: 'nose' is not known; there are name, scale, plainShare, blur, shrink, noise, compression"
    ),
    (
      #"{"noise": {"sigmas": 3}}"#,
      "reading the noise of a degradation recipe: 'sigmas' is not known; there are probability, poissonShare, greyShare, sigma, poissonScale"
    ),
    (#"{"scale": "four"}"#, "reading 'scale' in the main part of a degradation recipe: a value of type Int is needed"),
    (#"{"scale": 0}"#, "checking a degradation recipe: scale is 0 to 0; it must lie from 1 to 16"),
    (#"{"plainShare": 1.5}"#, "checking a degradation recipe: plainShare is 1.5; it must be from 0 to 1"),
    (#"{"blur": {"sides": [8]}}"#, "checking a degradation recipe: blur.sides is [8]; they must be odd, from 3 to 101"),
    (
      #"{"blur": {"sigma": [0, 2]}}"#,
      "checking a degradation recipe: blur.sigma is 0.0 to 2.0; it must lie from 0.01 to 50.0"
    ),
    (
      #"{"noise": {"greyShare": -1}}"#, "checking a degradation recipe: noise.greyShare is -1.0; it must be from 0 to 1"
    ),
    (
      #"{"compression": {"quality": [0, 50]}}"#,
      "checking a degradation recipe: compression.quality is 0 to 50; it must lie from 1 to 100"
    ),
    (
      #"{"shrink": {}}"#,
      "checking a degradation recipe: the weights of shrink are []; none may be below 0 and one must be above"
    ),
  ])
  func badRecipesAreExplained(text: String, message: String) throws {
    let error = #expect(throws: DegradationError.self) { try read(text) }
    #expect(error?.message == message)
  }

  @Test(arguments: [
    #"{"noise": {"sigma": [9, 5]}}"#, #"{"shrink": {"sharp": 1}}"#, #"{"blur": []}"#, #"{"noise": {"sigma": []}}"#,
  ])
  func otherBadRecipesAreErrorsToo(text: String) {
    #expect(throws: DegradationError.self) { try read(text) }
  }

  @Test func unknownNamesListTheKnown() {
    let error = #expect(throws: DegradationError.self) { try DegradationRecipe.named("bicubic") }
    #expect(
      error?.message
        == "looking for the degradation recipe 'bicubic': there are bicubic-x4, blur-x4, noise-x4, mixture-x4, blind-x4"
    )
  }
}
