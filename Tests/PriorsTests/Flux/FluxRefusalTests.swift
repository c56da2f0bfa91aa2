import Priors
import Testing
import Torch

/// What does not fit is refused before libtorch sees it, in words.
struct FluxRefusalTests {
  private func message(
    picture: [Int] = [2, 24, 16], times: Int = 2, guidance: Int? = 2, text: Int = 2, rows: Int = 4
  ) throws -> String? {
    let network = try FluxFixture().network()
    let prompt = try network.prompt(text_BTE: .zeros([text, 9, 24]), pooled_BP: .zeros([text, 20]))
    let pass = FluxPass(
      picture_BLC: try .zeros(picture), timestep_B: try .zeros([times]),
      guidance_B: try guidance.map { try .ones([$0]) },
      positions: try network.config.positions(textLength: 9, rows: rows, columns: 6))
    return #expect(throws: TorchError.self) { try network(pass, prompt: prompt) }?.message
  }

  @Test func passesThatDoNotFit() throws {
    #expect(
      try message(picture: [2, 24, 64]) == "a transformer for tokens [B, L, 16] was given some of shape [2, 24, 64]")
    #expect(try message(picture: [24, 16]) == "a transformer for tokens [B, L, 16] was given some of shape [24, 16]")
    #expect(try message(times: 1) == "times of shape [1] for a batch of 2: give each row its own")
    #expect(try message(guidance: 3) == "guidance of shape [3] for a batch of 2: give each row its own")
    #expect(
      try message(guidance: nil)
        == "this transformer (FLUX.1-dev) is told a guidance, and none was given; 3.5 is usual")
    #expect(try message(text: 3) == "a prompt of 3 rows for a batch of 2 latents: give each row its own")
    #expect(try message(rows: 5) == "positions of 39 tokens for 9 of text and 24 of the picture")
  }

  @Test(arguments: [([2, 9, 25], [2, 20]), ([2, 9, 24], [2, 19]), ([2, 9, 24], [1, 20]), ([9, 24], [2, 20])])
  func textOfAnotherWidth(text: [Int], pooled: [Int]) throws {
    let network = try FluxFixture().network()
    let error = #expect(throws: TorchError.self) {
      try network.prompt(text_BTE: .zeros(text), pooled_BP: .zeros(pooled))
    }
    #expect(
      error?.message
        == "a transformer for text tokens [B, T, 24] and pooled text [B, 20] was given tensors of shape \(text) and \(pooled)"
    )
  }
}
