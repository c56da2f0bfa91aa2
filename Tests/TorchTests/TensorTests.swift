import Testing
import Torch

@Suite struct TensorTests {
  @Test func describesItself() throws {
    let tensor = try Tensor.zeros([2, 3, 4], dtype: .bfloat16)
    #expect(tensor.shape == [2, 3, 4])
    #expect(tensor.strides == [12, 4, 1])
    #expect(tensor.rank == 3)
    #expect(tensor.count == 24)
    #expect(tensor.byteCount == 48)
    #expect(tensor.dtype == .bfloat16)
    #expect(tensor.device == .cpu)
    #expect(tensor.isContiguous)
    #expect(!tensor.isChannelsLast)
    #expect(tensor.description == "Tensor(bfloat16 [2, 3, 4] on cpu)")
  }

  @Test(arguments: [(0, 2), (1, 3), (-1, 3), (-2, 2), (2, 0), (-3, 0)])
  func sizeOfAnAxis(_ axis: Int, _ expected: Int) throws {
    #expect(try Tensor.zeros([2, 3]).size(axis) == expected)
  }

  @Test func aScalarHasNoAxes() throws {
    let scalar = try Tensor([Float(7)], [])
    #expect(scalar.shape == [])
    #expect(scalar.rank == 0)
    #expect(scalar.count == 1)
    #expect(try scalar.item() == 7)
  }

  @Test func viewsShareMemoryAndCopiesDoNot() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3])
    #expect(try tensor.sharesMemory(with: tensor.transposed(0, 1)))
    #expect(try tensor.sharesMemory(with: tensor.reshaped([6])))
    #expect(try !tensor.sharesMemory(with: tensor.cloned()))
    try tensor.transposed(0, 1).narrowed(0, from: 1, length: 1).zeroInPlace()
    #expect(try tensor.floats() == [1, 0, 3, 4, 0, 6])
  }

  @Test func channelsLastChangesStridesAndNotNumbers() throws {
    let picture_BCHW = try Tensor.arange(0, 24).reshaped([1, 2, 3, 4])
    let pixelwise = try picture_BCHW.contiguous(.channelsLast)
    #expect(pixelwise.strides == [24, 1, 8, 2])
    #expect(pixelwise.isChannelsLast)
    #expect(!pixelwise.isContiguous)
    #expect(try pixelwise.floats() == picture_BCHW.floats())
  }

  @Test func metaTensorsHaveNoMemory() throws {
    // A petabyte would not fit anywhere else.
    let tensor = try Tensor.empty([1 << 48], device: .meta)
    #expect(tensor.device == .meta)
    #expect(tensor.count == 1 << 48)
    #expect { try Tensor.empty([4], device: .meta).floats() } throws: { ($0 as? TorchError)?.code == .operation }
  }

  @Test func moreThanAHandfulOfResults() throws {
    let parts = try Tensor.arange(0, 40).chunks(40, axis: 0)
    #expect(try parts.map { try $0.item() } == (0..<40).map { Double($0) })
    #expect(try Tensor.arange(0, 40).split(Array(repeating: 2, count: 20), axis: 0).count == 20)
  }
}
