import Checkpoints
import Testing
import Torch

struct RowQuantisationTests {
  private func matrix() throws -> Tensor {
    let draw = try Tensor.randn([6, 50], generator: try Generator(seed: 5))
    // Rows of very different loudness.
    return try draw * Tensor([1e-4, 0.02, 1, 30, 4e3, 0.5] as [Float], [6, 1])
  }

  @Test func everyNumberIsOffByHalfAScaleAtMost() throws {
    let weight = try matrix()
    let (numbers, scale) = try RowQuantisation.quantised(weight)
    #expect(numbers.dtype == .int8 && numbers.shape == [6, 50] && scale.dtype == .float32 && scale.shape == [6])
    let restored = try RowQuantisation.restored(numbers, scale: scale)
    let (given, found, scales) = (try weight.floats(), try restored.floats(), try scale.floats())
    for (index, value) in given.enumerated() {
      #expect(abs(found[index] - value) <= 0.5001 * scales[index / 50], "\(value) \(found[index])")
    }
    for (row, values) in (0..<6).map({ ($0, given[$0 * 50..<($0 + 1) * 50]) }) {
      let largest = values.map(abs).max() ?? 0
      // The scale is the largest number's, rounded to bfloat16.
      #expect(abs(scales[row] * 127 / largest - 1) < 0x1p-8)
    }
    #expect(try numbers.integers().contains { abs($0) == 127 })
    #expect(try numbers.integers().allSatisfy { abs($0) <= 127 })
  }

  /// In bfloat16 the scales are those that the numbers were made for, and only the product is rounded.
  @Test func scalesAreExactInBfloat16() throws {
    let (numbers, scale) = try RowQuantisation.quantised(matrix())
    let short = try scale.to(.bfloat16)
    #expect(try short.floats() == scale.floats())
    let restored = try RowQuantisation.restored(numbers, scale: short)
    #expect(restored.dtype == .bfloat16)
    #expect(try restored.floats() == RowQuantisation.restored(numbers, scale: scale).to(.bfloat16).floats())
  }

  @Test func quantisedAgainTheNumbersStay() throws {
    let (numbers, scale) = try RowQuantisation.quantised(matrix())
    let again = try RowQuantisation.quantised(RowQuantisation.restored(numbers, scale: scale))
    #expect(try again.numbers.integers() == numbers.integers())
  }

  @Test func aRowOfZerosStaysOne() throws {
    let (numbers, scale) = try RowQuantisation.quantised(Tensor([0, 0, 3, -1] as [Float], [2, 2]))
    #expect(try numbers.integers() == [0, 0, 127, -42])
    #expect(try scale.floats()[0] == 1)
    #expect(try RowQuantisation.restored(numbers, scale: scale).floats()[..<2] == [0, 0])
  }

  @Test func whatHasNoRowsOrNoNumbersIsRefused() throws {
    func message(_ tensor: Tensor) -> String? {
      #expect(throws: TorchError.self) { try RowQuantisation.quantised(tensor) }?.message
    }
    let words = "was to be quantised by rows: that is for matrices of floating-point numbers"
    #expect(try message(.zeros([3]))?.contains(words) == true)
    #expect(try message(.zeros([3, 0]))?.contains(words) == true)
    #expect(try message(.zeros([3, 2], dtype: .int8))?.contains(words) == true)
    #expect(try message(Tensor([1, .nan] as [Float], [1, 2]))?.contains("holds NaN or infinity") == true)
  }
}
