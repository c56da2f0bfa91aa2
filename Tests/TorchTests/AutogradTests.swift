import Foundation
import Synchronization
import Testing
import Torch

@Suite struct AutogradTests {
  private func leaf(_ values: [Double]) throws -> Tensor { try Tensor(values).requiresGradient(true) }

  private func numbers(_ gradients: [Tensor?]) throws -> [[Double]?] { try gradients.map { try $0?.doubles() } }

  @Test func firstAndSecondDerivative() throws {
    let x = try leaf([2])
    let first = try #require(
      try gradients(of: [x.power(3).sum()], withRespectTo: [x], createGraph: true).first ?? nil)
    #expect(try first.doubles() == [12])
    #expect(try numbers(gradients(of: [first.sum()], withRespectTo: [x])) == [[12]])
  }

  @Test func anInputThatIsNotReachedHasNone() throws {
    let x = try leaf([2])
    let unused = try leaf([1])
    #expect(try numbers(gradients(of: [x.square().sum()], withRespectTo: [unused, x])) == [nil, [4]])
  }

  @Test func severalOutputsAddUp() throws {
    let x = try leaf([1, 2])
    let found = try gradients(
      of: [x.square(), x.sum()], withRespectTo: [x], outputGradients: [Tensor([10, 100] as [Double]), nil])
    #expect(try numbers(found) == [[21, 401]])
  }

  @Test func aGraphServesOnceUnlessRetained() throws {
    let x = try leaf([3])
    let retained = try x.square().sum()
    #expect(try numbers(gradients(of: [retained], withRespectTo: [x], retainGraph: true)) == [[6]])
    #expect(try numbers(gradients(of: [retained], withRespectTo: [x])) == [[6]])
    let error = #expect(throws: TorchError.self) { try gradients(of: [retained], withRespectTo: [x]) }
    #expect(error?.message.contains("second time") == true)
  }

  @Test func retainingDoesNotRecordTheBackwardPass() throws {
    let x = try leaf([3])
    let y = try x.power(3).sum()
    let plain = try #require(try gradients(of: [y], withRespectTo: [x], retainGraph: true).first ?? nil)
    #expect(!plain.requiresGradient)
    let recorded = try #require(try gradients(of: [y], withRespectTo: [x], createGraph: true).first ?? nil)
    #expect(recorded.requiresGradient)
  }

  @Test func scopesNestAndEnd() throws {
    let x = try leaf([2])
    #expect(isGradientRecorded)
    try withoutGradient { () throws in
      #expect(!isGradientRecorded)
      #expect(try !x.square().requiresGradient)
      try withGradient { () throws in
        #expect(isGradientRecorded)
        #expect(try x.square().requiresGradient)
      }
      #expect(!isGradientRecorded)
    }
    #expect(isGradientRecorded)
  }

  @Test func aScopeEndsWhenItsBodyThrows() throws {
    #expect(throws: TorchError.self) {
      try withoutGradient { () throws(TorchError) in try Tensor.zeros([2]) + Tensor.zeros([3]) }
    }
    #expect(isGradientRecorded)
  }

  @Test func theStateBelongsToTheThread() throws {
    let seen = Mutex<Bool?>(nil)
    let done = DispatchSemaphore(value: 0)
    withoutGradient {
      Thread {
        seen.withLock { $0 = isGradientRecorded }
        done.signal()
      }.start()
      done.wait()
    }
    #expect(seen.withLock { $0 } == true)
  }

  @Test func detachedTensorsAreCutOff() throws {
    let x = try leaf([2])
    let y = try x.square()
    #expect(y.requiresGradient)
    #expect(try !y.detached().requiresGradient)
    #expect(try y.detached().sharesMemory(with: y))
    #expect(try numbers(gradients(of: [(x * y.detached()).sum()], withRespectTo: [x])) == [[4]])
  }

  @Test func leavesChangeOnlyUnrecorded() throws {
    let x = try leaf([2])
    #expect(throws: TorchError.self) { try x.multiply(inPlace: 2) }
    try withoutGradient { () throws(TorchError) in try x.multiply(inPlace: 2) }
    #expect(try x.doubles() == [4])
    #expect(x.requiresGradient)
    try x.requiresGradient(false)
    #expect(!x.requiresGradient)
  }

  @Test func gradientsKeepTheLeafsType() throws {
    let x = try Tensor([1, 2] as [Float]).to(.bfloat16).requiresGradient(true)
    let found = try gradients(of: [x.to(.float32).square().sum()], withRespectTo: [x])
    #expect(found.first??.dtype == .bfloat16)
    #expect(try numbers(found) == [[2, 4]])
  }

  @Test func noInputsHaveNoGradients() throws {
    #expect(try gradients(of: [leaf([1, 2]).sum()], withRespectTo: []).isEmpty)
  }

  @Test func mistakesHaveWords() throws {
    let x = try leaf([1, 2])
    let cases: [(String, () throws -> Void)] = [
      (
        "1 outputs but 2 output gradients",
        { _ = try gradients(of: [x.sum()], withRespectTo: [x], outputGradients: [nil, nil]) }
      ),
      ("scalar outputs", { _ = try gradients(of: [x.square()], withRespectTo: [x]) }),
      ("does not require grad", { _ = try gradients(of: [Tensor.ones([])], withRespectTo: [x]) }),
      ("only a leaf", { try x.square().requiresGradient(false) }),
      ("asking for gradients of a int64 tensor", { try Tensor([1]).requiresGradient(true) }),
    ]
    for (words, body) in cases {
      let error = #expect(throws: TorchError.self) { try body() }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "") lacks \(words)")
    }
  }
}
