import Testing

@testable import Restorers

struct PromptTests {
  @Test(
    arguments: [
      (["dog", "grass"], "a puppy", "dog, grass, a puppy, clean"), ([], nil, "clean"), (["dog"], "", "dog, clean"),
      (["dog"], " , a puppy,, ", "dog, a puppy, clean"), ([], "word", "word, clean"),
    ] as [([String], String?, String)])
  func whatIsEmptyLeavesNoComma(tags: [String], user: String?, text: String) {
    #expect(Prompt(quality: "clean", negative: "").text(tags: tags, user: user) == text)
  }
}
