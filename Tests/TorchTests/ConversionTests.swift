import Testing
import Torch

@Suite struct ConversionTests {
  /// Numbers that every type holds exactly.
  @Test(arguments: DType.allCases) func everyTypeHoldsSmallNumbers(_ dtype: DType) throws {
    let expected: [Double] = dtype == .bool ? [0, 1, 1, 1] : [0, 1, 2, 100]
    let tensor = try Tensor([0, 1, 2, 100] as [Double]).to(dtype)
    #expect(tensor.dtype == dtype)
    #expect(tensor.byteCount == 4 * dtype.byteCount)
    #expect(try tensor.doubles() == expected)
    #expect(try tensor.floats() == expected.map { Float($0) })
    #expect(try tensor.integers() == expected.map { Int($0) })
    #expect(try tensor.bytes() == expected.map { UInt8($0) })
  }

  /// Two bytes that stand for one number: the door's type numbers are PyTorch's.
  @Test(arguments: [
    (DType.float16, [0x00, 0x3e] as [UInt8], 1.5), (.bfloat16, [0xc0, 0x3f], 1.5), (.int16, [0xfe, 0xff], -2),
  ])
  func twoByteTypesAreReadAsTheirBits(_ dtype: DType, _ bytes: [UInt8], _ expected: Double) throws {
    #expect(try Tensor(bytes).bitCast(dtype).doubles() == [expected])
  }

  @Test func roundingOfBfloat16IsToNearestEven() throws {
    // One unit in the last of 8 bits is 2⁻⁷ next to 1.
    let halves = try Tensor([1 + 1.0 / 256, 1 + 3.0 / 256, 1 + 1.1 / 256])
    #expect(try halves.to(.bfloat16).doubles() == [1, 1 + 4.0 / 256, 1 + 2.0 / 256])
  }

  @Test func bytesAreCutOffAndNotRounded() throws {
    #expect(try Tensor([0.99, 127.5, 254.9]).bytes() == [0, 127, 254])
  }

  @Test func arraysKeepTheirTypeAndShape() throws {
    #expect(try Tensor([1, 2] as [Float]).dtype == .float32)
    #expect(try Tensor([1, 2] as [Double]).dtype == .float64)
    #expect(try Tensor([1, 2] as [Int]).dtype == .int64)
    #expect(try Tensor([1, 2] as [UInt8]).dtype == .uint8)
    #expect(try Tensor([1, 2, 3, 4, 5, 6] as [Int], [3, 2]).selected(0, 1).integers() == [3, 4])
    #expect(try Tensor([] as [Float]).shape == [0])
    #expect(try Tensor([] as [Float], [3, 0]).floats() == [])
    #expect(try Tensor([Int.min, Int.max]).integers() == [Int.min, Int.max])
  }

  @Test func nothingToConvertIsTheSameTensor() throws {
    let tensor = try Tensor([1, 2] as [Float])
    #expect(try tensor.to() === tensor)
    #expect(try tensor.to(.float32, device: .cpu) === tensor)
    #expect(try tensor.to(.float64) !== tensor)
  }

  @Test func elementsComeInRowMajorOrder() throws {
    #expect(try Tensor([1, 2, 3, 4] as [Float], [2, 2]).transposed(0, 1).floats() == [1, 3, 2, 4])
  }

  @Test func numbersOfRecordedTensorsCanBeRead() throws {
    let leaf = try Tensor([2] as [Float]).requiresGradient(true)
    #expect(try leaf.square().item() == 4)
  }

  @Test func bytesInMemoryAreLittleEndian() throws {
    #expect(try Tensor([1.5, -2] as [Float]).withBytes { Array($0) } == [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0])
    #expect(try Tensor([] as [Float]).withBytes { $0.count } == 0)
  }
}
