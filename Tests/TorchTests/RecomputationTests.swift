import Synchronization
import TestSupport
import Testing
import Torch

struct RecomputationTests {
  init() throws { try useOneThread() }

  private final class Counter {
    var count = 0
  }

  /// Blocks of sigmoids over a weight that nobody lists.
  private func chain(
    _ x: Tensor, _ weights: [Tensor], counting counter: Counter? = nil
  ) throws -> Tensor {
    var x = x
    for weight in weights {
      x = try recomputedInBackward { [x] () throws(TorchError) in
        counter?.count += 1
        var y = try x * weight
        for _ in 0..<4 { y = try y.sigmoid() }
        return y
      }
    }
    return try x.sum()
  }

  private func weights(_ count: Int, side: Int) throws -> [Tensor] {
    try (0..<count).map {
      try Tensor.rand([side], generator: Generator(seed: UInt64($0))).requiresGradient(true)
    }
  }

  @Test func gradientsAreTheSame() throws {
    let (x, weights) = (try Tensor.rand([8], generator: Generator(seed: 99)), try weights(5, side: 8))
    let plain = try gradients(of: [chain(x, weights)], withRespectTo: weights)
    let counter = Counter()
    let loss = try withRecomputation { () throws in try chain(x, weights, counting: counter) }
    #expect(counter.count == 5)
    let found = try gradients(of: [loss], withRespectTo: weights, retainGraph: true)
    #expect(counter.count == 10)
    for (a, b) in zip(found, plain) { #expect(try #require(a).floats() == #require(b).floats()) }
    // A kept graph can be walked again.
    let again = try gradients(of: [loss], withRespectTo: weights)
    for (a, b) in zip(again, plain) { #expect(try #require(a).floats() == #require(b).floats()) }
    #expect(counter.count == 15)
  }

  @Test func blocksMayHoldBlocks() throws {
    let (x, weights) = (try Tensor.rand([8], generator: Generator(seed: 99)), try weights(4, side: 8))
    func nested() throws -> Tensor {
      let first = try recomputedInBackward { () throws(TorchError) in
        let inner = try recomputedInBackward { () throws(TorchError) in try (x * weights[0]).sigmoid() * weights[1] }
        return try inner.sigmoid()
      }
      return try chain(first, Array(weights[2...]))
    }
    let plain = try gradients(of: [nested()], withRespectTo: weights)
    let found = try gradients(of: [withRecomputation(nested)], withRespectTo: weights)
    for (a, b) in zip(found, plain) { #expect(try #require(a).floats() == #require(b).floats()) }
  }

  @Test func withoutGradientsNothingIsDoneTwice() throws {
    let (x, weights) = (try Tensor.rand([8], generator: Generator(seed: 99)), try weights(3, side: 8))
    let counter = Counter()
    _ = try withRecomputation { () throws in
      try withoutGradient { () throws in try chain(x, weights, counting: counter) }
    }
    #expect(counter.count == 3)
  }

  @Test func anErrorOfTheSecondTimeIsTold() throws {
    let weight = try Tensor.ones([4]).requiresGradient(true)
    let counter = Counter()
    let loss = try withRecomputation { () throws in
      try recomputedInBackward { () throws(TorchError) in
        counter.count += 1
        let y = try weight.sigmoid()
        return counter.count == 1 ? try y.sum() : try y.reshaped([3]).sum()
      }
    }
    let error = #expect(throws: TorchError.self) { try gradients(of: [loss], withRespectTo: [weight]) }
    #expect(error?.message.contains("shape '[3]' is invalid") == true, "\(String(describing: error))")
  }

  @Test func workThatChangesIsRefused() throws {
    let weight = try Tensor.ones([4]).requiresGradient(true)
    let counter = Counter()
    let loss = try withRecomputation { () throws in
      try recomputedInBackward { () throws(TorchError) in
        counter.count += 1
        let y = try weight.sigmoid()
        return counter.count == 1 ? try y.sigmoid().sum() : try y.sum()
      }
    }
    let error = #expect(throws: TorchError.self) { try gradients(of: [loss], withRespectTo: [weight]) }
    #expect(error?.message.contains("the second time kept 1 tensors and the first 2") == true)
  }

  /// Counts blocks of memory that are alive.
  private final class Memory: Sendable {
    private let alive = Atomic<Int>(0)
    private let most = Atomic<Int>(0)

    var count: Int { alive.load(ordering: .sequentiallyConsistent) }
    var peak: Int { most.load(ordering: .sequentiallyConsistent) }

    func factor(_ value: Float) throws(TorchError) -> Tensor {
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 64)
      bytes.initializeMemory(as: Float.self, repeating: value, count: 4)
      let now = alive.add(1, ordering: .sequentiallyConsistent).newValue
      _ = most.max(now, ordering: .sequentiallyConsistent)
      return try Tensor(wrapping: bytes, byteCount: 16, [4], .float32) {
        bytes.deallocate()
        self.alive.subtract(1, ordering: .sequentiallyConsistent)
      }
    }
  }

  /// Each of 16 blocks makes something that its backward pass needs: all of it is kept, or that of one block at a time.
  @Test func lessIsKept() throws {
    let weights = try weights(16, side: 4)
    func forward(_ memory: Memory) throws -> Tensor {
      var x = try Tensor.ones([4])
      for (number, weight) in weights.enumerated() {
        x = try recomputedInBackward { [x] () throws(TorchError) in
          try x * (weight * (try memory.factor(Float(number))))
        }
      }
      return try x.sum()
    }
    let (plain, recomputed) = (Memory(), Memory())
    let kept = try forward(plain)
    #expect(plain.count == 16)
    let loss = try withRecomputation { () throws in try forward(recomputed) }
    #expect(recomputed.count == 0 && recomputed.peak == 1)
    let found = try gradients(of: [loss], withRespectTo: weights)
    #expect(recomputed.count == 0 && recomputed.peak == 1)
    for (a, b) in zip(found, try gradients(of: [kept], withRespectTo: weights)) {
      #expect(try #require(a).floats() == #require(b).floats())
    }
  }
}
