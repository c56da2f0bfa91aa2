import Synchronization
import Testing
import Torch

/// Who frees what, and when.
@Suite struct OwnershipTests {
  /// Memory of four floats that counts how often it is released.
  private final class Memory: Sendable {
    private struct Address: @unchecked Sendable { let start: UnsafeMutableRawPointer }
    private let address: Address
    private let count = Atomic<Int>(0)

    init() {
      let start = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 64)
      start.initializeMemory(as: Float.self, repeating: 1, count: 4)
      address = Address(start: start)
    }

    deinit { address.start.deallocate() }

    var start: UnsafeMutableRawPointer { address.start }
    var releases: Int { count.load(ordering: .sequentiallyConsistent) }

    func wrapped(_ shape: [Int] = [4], byteCount: Int = 16) throws(TorchError) -> Tensor {
      try Tensor(wrapping: start, byteCount: byteCount, shape, .float32) {
        self.count.add(1, ordering: .sequentiallyConsistent)
      }
    }
  }

  @Test func memoryIsReleasedOnceWithTheTensor() throws {
    let memory = Memory()
    do {
      let tensor = try memory.wrapped()
      #expect(try tensor.floats() == [1, 1, 1, 1])
      #expect(memory.releases == 0)
    }
    #expect(memory.releases == 1)
  }

  @Test func aViewKeepsMemoryAlive() throws {
    let memory = Memory()
    var view: Tensor? = try memory.wrapped([2, 2]).selected(0, 1)
    #expect(memory.releases == 0)
    #expect(try view?.floats() == [1, 1])
    view = nil
    #expect(memory.releases == 1)
  }

  @Test func aRecordedGraphKeepsMemoryAlive() throws {
    let memory = Memory()
    var result: Tensor? = try memory.wrapped().requiresGradient(true).square()
    #expect(memory.releases == 0)
    #expect(result?.requiresGradient == true)
    result = nil
    #expect(memory.releases == 1)
  }

  @Test(arguments: [[5], [2, 3], [-1], [-2, -2], [Int.max, Int.max, 4], [1 << 62, 4]])
  func memoryIsReleasedOnceWhenWrappingFails(_ shape: [Int]) throws {
    let memory = Memory()
    let error = #expect(throws: TorchError.self) { try memory.wrapped(shape) }
    #expect(error?.code == .argument)
    #expect(error?.message.contains("wrapping 16 bytes as a float32 tensor of shape \(shape)") == true)
    #expect(memory.releases == 1)
  }

  @Test func wrappedMemoryIsNotCopied() throws {
    let memory = Memory()
    let tensor = try memory.wrapped()
    memory.start.storeBytes(of: 5, toByteOffset: 8, as: Float.self)
    #expect(try tensor.floats() == [1, 1, 5, 1])
    try tensor.multiply(inPlace: 2)
    #expect(memory.start.load(fromByteOffset: 8, as: Float.self) == 10)
  }

  @Test func arraysAreCopied() throws {
    var values: [Float] = [1, 2, 3]
    let tensor = try Tensor(values)
    values[0] = 9
    #expect(try tensor.floats() == [1, 2, 3])
  }

  /// The count is of the whole process, so it is read in one where nothing else runs.
  @Test func liveTensorsReturnToWhereTheyBegan() async {
    await #expect(processExitsWith: .success) {
      func work() throws {
        let leaf = try Tensor.randn([4, 4], generator: Generator(seed: 1)).requiresGradient(true)
        let parts = try leaf.matmul(leaf).chunks(2, axis: 0)
        let loss = try (parts[0] * parts[1].silu()).sum()
        _ = try gradients(of: [loss], withRespectTo: [leaf], retainGraph: true)
        _ = try withoutGradient { () throws(TorchError) in try leaf.sorted() }
        _ = try? leaf + Tensor.zeros([3])
        _ = try? Operator("aten::chunk").call([.tensor(leaf), .int(4), .int(0)], capacity: 1)
        _ = try? Tensor([1, 2, 3] as [Float], [7])
        _ = try loss.item()
      }
      let before = Tensor.liveCount
      let kept = try Tensor.zeros([1])
      #expect(Tensor.liveCount == before + 1)
      for _ in 0..<10 { try work() }
      #expect(Tensor.liveCount == before + 1)
      withExtendedLifetime(kept) {}
    }
  }
}
