import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

/// Files that PyTorch wrote, against what PyTorch's own `torch.load` gave for them.
@Suite struct TorchFileTests {
  static let names = [
    "flat", "protocol3", "protocol4", "protocol5", "zip64", "legacy-flat", "legacy-protocol1", "legacy-protocol4",
    "kinds",
    "legacy-kinds", "views", "legacy-views", "lightning", "legacy-lightning", "ema", "parallel", "nested", "single",
    "attributes", "numpy-protocol2", "numpy-protocol4", "numpy-protocol5", "numpy1",
    "script", "traced",
  ]

  @Test(arguments: names) func valuesAreThoseOfPyTorch(_ name: String) throws {
    let path = Fixture.path("TorchFiles/\(name).pth")
    try Self.expectEqual(
      try openCheckpoint(path), try SafetensorsFile(path: Fixture.path("TorchFiles/\(name).safetensors")))
  }

  @Test func contentsDecideAndNotTheName() throws {
    let folder = try TemporaryFolder()
    for name in ["flat", "legacy-flat"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("TorchFiles/\(name).pth")))
      #expect(try openCheckpoint(try folder.write(bytes, to: "\(name).safetensors")) is TorchFile)
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("TorchFiles/flat.safetensors")))
    #expect(try openCheckpoint(try folder.write(bytes, to: "a.ckpt")) is SafetensorsFile)
  }

  /// A header of 640 bytes begins as a pickle of protocol 2 does.
  @Test func aSafetensorsFileThatBeginsAsAPickleIsOne() throws {
    let folder = try TemporaryFolder()
    let header = "{" + String(repeating: " ", count: 638) + "}"
    let bytes = SafetensorsBytes.file(header)
    #expect(bytes.starts(with: [0x80, 2]))
    #expect(try openCheckpoint(try folder.write(bytes, to: "a.pth")).keys == [])
  }

  @Test(arguments: ["views", "legacy-views"]) func tensorsOverOneStorageShareIt(_ name: String) throws {
    let file = try TorchFile(path: Fixture.path("TorchFiles/\(name).pth"))
    #expect(try file.tensor("base").sharesMemory(with: file.tensor("tied")))
  }

  @Test func whatStandsInOrderIsNotCopied() throws {
    let file = try TorchFile(path: Fixture.path("TorchFiles/views.pth"))
    #expect(try file.tensor("base").sharesMemory(with: file.tensor("base")))
    #expect(try file.tensor("row").sharesMemory(with: file.tensor("row")))
    #expect(try !file.tensor("transposed").sharesMemory(with: file.tensor("transposed")))
  }

  @Test func tensorsOutliveTheFile() throws {
    func read() throws -> [Tensor] {
      let file = try TorchFile(path: Fixture.path("TorchFiles/flat.pth"))
      return try file.keys.sorted().map { try file.tensor($0) }
    }
    let tensors = try read()
    let wanted = try SafetensorsFile(path: Fixture.path("TorchFiles/flat.safetensors"))
    #expect(try tensors.map { try $0.doubles() } == wanted.keys.sorted().map { try wanted.tensor($0).doubles() })
  }

  @Test(arguments: ["lightning", "legacy-lightning"]) func remarksAreKept(_ name: String) throws {
    let file = try TorchFile(path: Fixture.path("TorchFiles/\(name).pth"))
    #expect(
      file.metadata == [
        "epoch": "3", "global_step": "12000", "pytorch-lightning_version": "1.4.2", "done": "false", "loss": "0.125",
      ])
  }

  @Test(arguments: ["numpy-protocol2", "numpy-protocol4", "numpy-protocol5", "numpy1"])
  func numbersOfNumpyAreRemarks(_ name: String) throws {
    let file = try TorchFile(path: Fixture.path("TorchFiles/\(name).pth"))
    #expect(file.metadata == ["best": "0.75", "step": "-5", "small": "1.5", "flag": "true"])
  }

  static func expectEqual(_ found: any Checkpoint, _ wanted: SafetensorsFile) throws {
    #expect(found.keys == wanted.keys)
    for key in wanted.keys {
      #expect(found.shape(of: key) == wanted.shape(of: key))
      #expect(found.typeName(of: key) == wanted.typeName(of: key))
      let (a, b) = (try found.tensor(key), try wanted.tensor(key))
      #expect(a.shape == b.shape && a.dtype == b.dtype && a.isContiguous, "\(key)")
      // Bits and not numbers: NaN and -0 count too.
      #expect(try a.withBytes { Array($0) } == b.withBytes { Array($0) }, "\(key)")
    }
  }
}
