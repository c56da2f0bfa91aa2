import Priors
import Testing
import Torch

/// What does not fit is refused before libtorch sees it, in words.
struct SD3RefusalTests {
  private func message(_ body: (SD3Transformer, SD3Fixture) throws -> Tensor) throws -> String? {
    let fixture = try SD3Fixture(SD3Fixture.sd3)
    let network = try fixture.network()
    return #expect(throws: TorchError.self) { try body(network, fixture) }?.message
  }

  private func latent(_ shape: [Int], words: String) throws {
    let found = try message { network, fixture in
      try network(.zeros(shape), timestep_B: fixture.input("timestep"), prompt: fixture.prompt(network))
    }
    #expect(found == words)
  }

  @Test(arguments: [
    ([2, 4, 16, 12], "a transformer for latents [B, 16, H, W] was given one of shape [2, 4, 16, 12]"),
    ([16, 16, 12], "a transformer for latents [B, 16, H, W] was given one of shape [16, 16, 12]"),
    ([2, 16, 15, 12], "a latent of 15×12 cannot be cut into patches of 2×2; pad it to multiples of 2"),
    ([2, 16, 0, 12], "a latent of 0×12 cannot be cut into patches of 2×2; pad it to multiples of 2"),
    ([1, 16, 16, 12], "times of shape [2] for a batch of 1: give each row its own"),
    (
      [2, 16, 26, 12],
      "a latent of 13×6 patches is larger than the transformer's 12×12 positions; restore it in tiles"
    ),
  ])
  func latentsThatDoNotFit(shape: [Int], words: String) throws { try latent(shape, words: words) }

  @Test func aPromptOfAnotherBatch() throws {
    let found = try message { network, fixture in
      let prompt = try network.prompt(text_BTE: .zeros([3, 5, 40]), pooled_BP: .zeros([3, 24]))
      return try network(fixture.input("hidden_states"), timestep_B: fixture.input("timestep"), prompt: prompt)
    }
    #expect(found == "a prompt of 3 rows for a batch of 2 latents: give each row its own")
  }

  @Test(arguments: [
    ([2, 11, 41], [2, 24]), ([2, 11, 40], [2, 23]), ([2, 11, 40], [1, 24]), ([11, 40], [2, 24]),
  ])
  func textOfAnotherWidth(text: [Int], pooled: [Int]) throws {
    let found = try message { network, _ in
      try network.prompt(text_BTE: .zeros(text), pooled_BP: .zeros(pooled)).text_BTD
    }
    #expect(
      found
        == "a transformer for text tokens [B, T, 40] and pooled text [B, 24] was given tensors of shape \(text) and \(pooled)"
    )
  }

  private func residuals(_ residuals: [Tensor], words: String) throws {
    let found = try message { network, fixture in
      try network(
        fixture.input("hidden_states"), timestep_B: fixture.input("timestep"), prompt: fixture.prompt(network),
        residuals: residuals)
    }
    #expect(found == words)
  }

  @Test func residualsThatDoNotFit() throws {
    let fitting = try Tensor.zeros([2, 48, 48])
    try residuals(
      Array(repeating: fitting, count: 4), words: "a transformer of 3 blocks got 4 ControlNet residuals")
    try residuals(
      [fitting, .zeros([2, 47, 48])],
      words: "a ControlNet's residual of shape [2, 47, 48] cannot be added to tokens of shape [2, 48, 48]")
  }
}
