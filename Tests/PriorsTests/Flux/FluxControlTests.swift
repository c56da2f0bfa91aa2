import Checkpoints
import Priors
import Testing
import Torch

/// Where an adapter's tokens go.
struct FluxControlTests {
  /// Adds given tokens behind one block.
  private final class OneBlock: FluxControl {
    let block: Int
    let picture: Tensor?
    let text: Tensor?
    private(set) var askedForText: [Int] = []

    init(_ block: Int, picture: Tensor? = nil, text: Tensor? = nil) {
      self.block = block
      self.picture = picture
      self.text = text
    }

    func picture(behind block: Int) -> Tensor? { block == self.block ? picture : nil }

    func text(behind block: Int) -> Tensor? {
      askedForText.append(block)
      return block == self.block ? text : nil
    }
  }

  /// Two double and three single blocks; 24 tokens of picture, 9 of text.
  private static let blocks = 5

  @Test(arguments: 0..<blocks) func pictureIsAddedBehindEveryBlock(_ block: Int) throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let added = try Draws().normal([2, 24, 48])
    try inEveryMode { () throws in
      #expect(try !fixture.agrees(fixture.answer(network, control: OneBlock(block, picture: added))))
    }
  }

  @Test func textIsAddedBehindEveryBlockButTheLast() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let added = try Draws().normal([2, 9, 48])
    for block in 0..<Self.blocks {
      try inEveryMode { () throws in
        let control = OneBlock(block, text: added)
        #expect(try fixture.agrees(fixture.answer(network, control: control)) == (block == Self.blocks - 1), "\(block)")
        #expect(control.askedForText == Array(0..<Self.blocks - 1))
      }
    }
  }

  /// Behind a single block text comes first: what is added to the last of the text's tokens is not added to the picture's
  /// first, and a picture's added tokens reach their own row of the output.
  @Test func tokensOfSingleBlocksAreSplitWhereTheyBelong() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let plain = try fixture.answer(network)
    for token in [0, 7, 23] {
      let added = try Tensor.zeros([2, 24, 48])
      try added.narrowed(1, from: token, length: 1).copy(inPlace: Draws().normal([2, 1, 48]))
      try inEveryMode { () throws in
        let found = try fixture.answer(network, control: OneBlock(Self.blocks - 1, picture: added))
        // Behind the last block tokens do not see each other.
        let difference: Tensor = try found - plain
        let moved = try difference.abs().maximum(over: [0, 2]).floats()
        for (row, change) in moved.enumerated() { #expect((change > 1e-3) == (row == token), "\(row) \(change)") }
      }
    }
  }

  @Test func thePromptIsLeftAsItIs() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    try withoutGradient { () throws in
      let prompt = try fixture.prompt(network)
      let before = try floats(prompt.text_BTD)
      let control = OneBlock(0, picture: try Draws().normal([2, 24, 48]), text: try Draws().normal([2, 9, 48]))
      _ = try network(fixture.pass(), prompt: prompt, control: control)
      #expect(try floats(prompt.text_BTD) == before)
      #expect(try floats(#require(control.text)) == floats(Draws().normal([2, 9, 48])))
    }
  }

  @Test func zerosChangeNothing() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let control = OneBlock(1, picture: try .zeros([2, 24, 48]), text: try .zeros([2, 9, 48]))
    try inEveryMode { () throws in
      #expect(try floats(fixture.answer(network, control: control)) == floats(fixture.answer(network)))
    }
  }
}
