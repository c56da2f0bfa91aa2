import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

/// Files that real programs wrote and that Burnish does not take, and attempts to make it run something.
@Suite struct RefusedTorchFileTests {
  @Test(
    arguments: [
      ("refused-deflated.pth", "is compressed, which PyTorch does not do"),
      ("refused-torchscript.pt", "it holds no tensors: it is a dictionary of"),
      ("refused-module.pth", "is an object of the class 'torch.nn.modules.linear.Linear' with tensors inside"),
      ("refused-quantised.pth", "is an object of the class 'torch._utils._rebuild_qtensor' with tensors inside"),
      ("refused-sparse.pth", "is an object of the class 'torch._utils._rebuild_sparse_tensor' with tensors inside"),
      ("refused-nothing.pth", "it holds no tensors: it is a dictionary of 'epoch'"),
      ("refused-plain.pkl", "it is a pickle of Python, but not one of torch.save"),
    ])
  func saysWhatIsWrong(_ name: String, _ words: String) throws {
    let error = try #require(throws: CheckpointError.self) {
      try openCheckpoint(Fixture.path("TorchFiles/" + name), state: .automatic)
    }
    #expect(error.message.contains(words), "\(error.message)")
  }

  @Test func typesWithoutArithmeticAreNamedWhenAskedFor() throws {
    let file = try openCheckpoint(Fixture.path("TorchFiles/refused-float8.pth"))
    #expect(file.typeName(of: "w") == "F8_E4M3")
    #expect(file.typeName(of: "v") == "U16")
    let error = try #require(throws: CheckpointError.self) { try file.tensor("w") }
    #expect(error.message.contains("Burnish does not compute with its type F8_E4M3"))
  }

  /// A pickle's way to run a command. Nothing here could run it, so this only guards against a change of mind.
  @Test func nothingIsExecuted() throws {
    let folder = try TemporaryFolder()
    let trace = folder.file("trace")
    let command =
      PickleText.global("os", "system") + PickleText.tuple([PickleText.text("touch '\(trace)'")]) + Array("R".utf8)
    let pickle =
      [0x80, 2] + Array("}(".utf8) + PickleText.text("w") + PickleText.tensor() + PickleText.text("run") + command
      + Array("u.".utf8)
    let path = try folder.write(TorchBytes.archive(pickle: pickle, storages: ["0": [UInt8](0..<8)]), to: "a.pth")
    #expect(try openCheckpoint(path).keys == ["w"])
    #expect(try folder.names() == ["a.pth"])
  }

  @Test(arguments: ["kinds.pth", "legacy-kinds.pth", "legacy-views.pth", "zip64.pth", "numpy-protocol4.pth"])
  func everyPrefixIsRefused(_ name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.path("TorchFiles/" + name))))
    for count in 0..<whole.count {
      let flaw = #expect(throws: CheckpointFlaw.self, "\(count) bytes") {
        try whole[..<count].withUnsafeBytes { try TorchContents(UnsafeRawBufferPointer($0)) }
      }
      #expect(flaw?.message.isEmpty == false)
    }
  }

  @Test func limitsHold() throws {
    func words(_ pickle: [UInt8], _ limits: PickleLimits) throws -> String {
      let file = TorchBytes.archive(pickle: [0x80, 2] + pickle)
      return try #require(throws: CheckpointFlaw.self) {
        try file.withUnsafeBytes { try TorchContents($0, limits: limits) }
      }.message
    }
    var limits = PickleLimits()
    limits.memo = 100
    let memo = [0x4e] + [UInt8](repeating: 0x94, count: 101)
    #expect(try words(memo, limits).contains("its pickle keeps more than 100 values in mind"))
    limits = PickleLimits()
    limits.values = 100
    #expect(try words([UInt8](repeating: 0x5d, count: 101), limits).contains("its pickle makes more than 100 values"))
    limits = PickleLimits()
    limits.work = 1000
    #expect(
      try words([UInt8](repeating: 0x4e, count: 1001), limits).contains("its pickle asks for more than 1000 steps"))
    // A list of 400 that is copied three times by instructions of a few bytes.
    let list = [0x5d, 0x28] + Array(repeatElement([0x29, 0x29, 0x86] as [UInt8], count: 200).joined()) + [0x65, 0x94]
    let copies = PickleText.global("collections", "OrderedDict") + [0x68, 0, 0x85, 0x52]
    #expect(try words(list + copies + copies, limits).contains("its pickle asks for more than 1000 steps"))
  }

  /// Fourteen dictionaries, each with the one before it eight times: 8¹³ paths in a few hundred bytes.
  @Test(.timeLimit(.minutes(5))) func sharedDictionariesAreNoBomb() throws {
    var pickle: [UInt8] = [0x7d, 0x94]
    for level in 1...13 {
      pickle += [0x7d, 0x94, 0x28]
      for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        pickle += PickleText.text(name) + [0x68, UInt8(level - 1)]
      }
      pickle += [0x75]
    }
    let file = TorchBytes.archive(pickle: [0x80, 4] + pickle + [0x2e])
    for choice in [StateChoice.automatic, .whole] {
      let flaw = try #require(throws: CheckpointFlaw.self) {
        try file.withUnsafeBytes { try TorchContents($0, choice) }
      }
      #expect(flaw.message == "it holds more than 1000000 values, far beyond any checkpoint")
    }
  }

  /// Some broken files on every run; `scripts/fuzz torch` makes millions.
  @Test(arguments: ["views.pth", "legacy-views.pth", "numpy-protocol5.pth", "zip64.pth"])
  func whatIsReadLiesInTheFile(_ name: String) throws {
    let sound = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.path("TorchFiles/" + name))))
    // The same broken files on every run: Knuth's linear congruential generator (MMIX).
    var state: UInt64 = 7
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var (accepted, refused) = (0, 0)
    for _ in 0..<600 {
      var bytes = sound
      for _ in 0...draw(2) { bytes[draw(bytes.count)] = [0, 1, 0x7f, 0x80, 0xff, UInt8(draw(256))][draw(6)] }
      let read = try? bytes.withUnsafeBytes { file in
        let contents = try TorchContents(file)
        for view in contents.views.values {
          let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: view.byteCount, alignment: 16)
          defer { copy.deallocate() }
          switch view.source {
          case .file(let range):
            #expect(range.upperBound <= file.count)
            view.gather(from: UnsafeRawBufferPointer(rebasing: file[range]), to: copy)
          case .owned(let owned): owned.withUnsafeBytes { view.gather(from: $0, to: copy) }
          }
        }
      }
      if read == nil { refused += 1 } else { accepted += 1 }
    }
    // Both ways are taken often enough to mean something.
    #expect(accepted > 40 && refused > 40, "\(accepted) and \(refused)")
  }
}
