import Checkpoints
import Layers
import Testing
import Torch

struct EmbeddingTests {
  @Test func looksRowsUp() throws {
    let table = try Tensor([0, 1, 10, 11, 20, 21] as [Float], [3, 2])
    let loader = ParameterLoader(ParameterDictionary(["words.weight": table]))
    let embedding = try Embedding(loader.root / "words", count: 3, width: 2)
    #expect(loader.finish().isClean)
    let rows = try embedding(Tensor([2, 0, 2, 1], [2, 2]))
    #expect(rows.shape == [2, 2, 2])
    #expect(try rows.floats() == [20, 21, 0, 1, 20, 21, 10, 11])
  }

  @Test func beginsWithTheDeviationAskedFor() throws {
    let embedding = try Embedding(
      ParameterLoader(try ParameterInitialiser(seed: 1)).root, count: 100, width: 100, deviation: 0.02)
    // Three standard errors of 10,000 draws are 2 % of the deviation.
    #expect(try abs(embedding.weight.variance([0, 1]).sqrt().item() - 0.02) < 0.0005)
  }
}
