import Testing
import Torch

@Suite struct GeneratorTests {
  @Test func oneSeedGivesTheSameDraws() throws {
    let first = try Generator(seed: 42)
    let second = try Generator(seed: 42)
    for _ in 0..<3 {
      let draws = try Tensor.randn([7], generator: first).floats()
      #expect(try Tensor.randn([7], generator: second).floats() == draws)
    }
  }

  @Test func seedsDifferInTheirLower32Bits() throws {
    func draws(_ seed: UInt64) throws -> [Float] { try Tensor.rand([4], generator: Generator(seed: seed)).floats() }
    let seeds: [UInt64] = [0, 1, 1 << 16, 1 << 31, 0xffff_ffff]
    #expect(try Set(seeds.map(draws)).count == seeds.count)
    // libtorch's Mersenne twister is seeded with 32 bits; what stands above them is lost.
    #expect(try draws(1 << 32) == draws(0))
  }

  @Test func aStoredStateGoesOnWhereItWas() throws {
    let generator = try Generator(seed: 7)
    _ = try Tensor.randn([100], generator: generator)
    let state = try generator.state()
    #expect(state.dtype == .uint8)
    let draws = try Tensor.randn([100], generator: generator).floats()
    let other = try Generator(seed: 8)
    try other.restore(state)
    #expect(try Tensor.randn([100], generator: other).floats() == draws)
  }

  @Test func aStateIsACopy() throws {
    let generator = try Generator(seed: 7)
    let before = try generator.state()
    let bytes = try before.bytes()
    _ = try Tensor.rand([1000], generator: generator)
    #expect(try before.bytes() == bytes)
    #expect(try generator.state().bytes() != bytes)
  }

  @Test(arguments: [0, 3, 5000]) func bytesThatAreNoStateAreRefused(_ count: Int) throws {
    let generator = try Generator(seed: 7)
    let error = #expect(throws: TorchError.self) { try generator.restore(.zeros([count], dtype: .uint8)) }
    #expect(error?.message.hasPrefix("restoring a generator's state") == true)
  }

  @Test func generatorsDoNotDisturbOneAnother() throws {
    let generator = try Generator(seed: 1)
    let expected = try Tensor.rand([8], generator: Generator(seed: 1)).floats()
    _ = try Tensor.rand([8], generator: Generator(seed: 2))
    _ = try Tensor.rand([8], generator: nil)
    #expect(try Tensor.rand([8], generator: generator).floats() == expected)
  }

  @Test func aDeviceThatIsNotThereIsRefused() throws {
    let error = #expect(throws: TorchError.self) { try Generator(seed: 1, device: Device("nonsense")) }
    #expect(error?.message.hasPrefix("making a random generator on nonsense") == true)
  }
}
