import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

/// Files that must be refused, and with which words.
@Suite struct HostileTorchFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let bytes: [UInt8]
    let code: CheckpointError.Code
    let words: String
    var testDescription: String { id }

    init(_ id: String, _ bytes: [UInt8], _ code: CheckpointError.Code, _ words: String) {
      (self.id, self.bytes, self.code, self.words) = (id, bytes, code, words)
    }

    init(_ id: String, _ bytes: [UInt8], _ words: String) { self.init(id, bytes, .malformed, words) }

    /// An archive with one storage of two floats and one tensor `w`.
    init(_ id: String, tensor: [UInt8], _ code: CheckpointError.Code, _ words: String) {
      self.init(id, TorchBytes.archive(pickle: PickleText.saving(tensor), storages: ["0": [UInt8](0..<8)]), code, words)
    }

    init(_ id: String, tensor: [UInt8], _ words: String) { self.init(id, tensor: tensor, .malformed, words) }

    /// An archive with this pickle and one storage of two floats.
    init(_ id: String, pickle: [UInt8], _ code: CheckpointError.Code, _ words: String) {
      self.init(id, TorchBytes.archive(pickle: [0x80, 2] + pickle, storages: ["0": [UInt8](0..<8)]), code, words)
    }

    init(_ id: String, pickle: [UInt8], _ words: String) { self.init(id, pickle: pickle, .malformed, words) }
  }

  @Test(arguments: others + tensors + pickles + archives + legacies) func isRefusedWithItsReason(_ item: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(item.bytes, to: "a.pth")
    let error = try #require(throws: CheckpointError.self) { try openCheckpoint(path) }
    #expect(error.code == item.code)
    #expect(error.message.hasPrefix("Could not open '\(path)': "))
    #expect(error.message.contains(item.words), "\(error.message)")
    #expect(error.message.count < 2500)
  }

  static let others: [Case] = [
    Case("empty", [], .truncated, "it is empty; download it again"),
    Case("a web page", Array("\n <!DOCTYPE html><title>404</title>".utf8), "it is a web page and no checkpoint"),
    Case(
      "a Git LFS pointer", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0".utf8),
      "it is a Git LFS pointer and not the file that it stands for; run `git lfs pull`"),
    Case("a tar archive", [UInt8](repeating: 0, count: 257) + Array("ustar".utf8), .unsupported, "it is a tar archive"),
    Case("text", Array("weights".utf8), "it is no file of PyTorch: it is neither a zip archive nor a pickle"),
    Case("a plain pickle", [0x80, 4, 0x7d, 0x2e], .unsupported, "but not one of torch.save"),
    Case(
      "another archive", TorchBytes.zip([TorchBytes.Part(name: "model.pth", bytes: [1])]),
      "it holds 'model.pth' and no data.pkl; if a checkpoint is inside, unpack it"),
    Case("an empty archive", TorchBytes.zip([]), "it is an empty zip archive"),
  ]

  static let tensors: [Case] = [
    Case("a negative size", tensor: PickleText.tensor(shape: [-2]), "tensor 'w' has a negative size, stride or offset"),
    Case("a negative stride", tensor: PickleText.tensor(strides: [-1]), "tensor 'w' has a negative size, stride"),
    Case(
      "a negative offset", tensor: PickleText.tensor(offset: -1), "tensor 'w' has a negative size, stride or offset"),
    Case(
      "one over the end", tensor: PickleText.tensor(offset: 1),
      "tensor 'w' reaches to element 2 of a storage of 2: sizes [2]"
    ),
    Case("a stride over the end", tensor: PickleText.tensor(strides: [2]), "reaches to element 2 of a storage of 2"),
    Case("an offset over the end", tensor: PickleText.tensor(offset: .max), "which 64 bits cannot count"),
    Case(
      "sizes that overflow", tensor: PickleText.tensor(shape: [1 << 32, 1 << 32], strides: [0, 0]),
      "which 64 bits cannot count"),
    Case(
      "sizes that overflow before a zero", tensor: PickleText.tensor(shape: [.max, .max, 0], strides: [0, 0, 0]),
      "which 64 bits cannot count"),
    Case("strides that overflow", tensor: PickleText.tensor(shape: [3], strides: [.max]), "which 64 bits cannot count"),
    Case(
      "strides whose sum overflows", tensor: PickleText.tensor(shape: [2, 2], strides: [.max, .max]),
      "which 64 bits cannot count"),
    Case(
      "a terabyte over four bytes", tensor: PickleText.tensor(shape: [1 << 38], strides: [0]), .unsupported,
      "tensor 'w' repeats a storage of 8 bytes as a tensor of 1099511627776 bytes"),
    Case("sizes without strides", tensor: PickleText.tensor(strides: []), "tensor 'w' has 1 sizes and 0 strides"),
    Case(
      "sixty-five axes", tensor: PickleText.tensor(shape: Array(repeating: 1, count: 65)),
      "tensor 'w' has sizes or strides that are no list of at most 64 whole numbers"),
    Case(
      "a storage longer than its file", tensor: PickleText.tensor(PickleText.storage(count: 3)),
      "tensor 'w' lies in storage '0' of 12 bytes, of which the file holds 8"),
    Case(
      "a storage elsewhere", tensor: PickleText.tensor(PickleText.storage("../../../etc/passwd")),
      "tensor 'w' lies in storage '../../../etc/passwd', which the file does not hold"),
    Case(
      "a storage that is not there", tensor: PickleText.tensor(PickleText.storage("1")), "which the file does not hold"),
    Case("a negative storage", tensor: PickleText.tensor(PickleText.storage(count: -1)), "a storage of -1 elements"),
    Case(
      "a huge storage", tensor: PickleText.tensor(PickleText.storage(count: .max)), "a storage of 9223372036854775807"),
    Case(
      "an unknown storage", tensor: PickleText.tensor(PickleText.storage(type: "QInt8Storage")), .unsupported,
      "tensor 'w' depends on an object of 'torch.QInt8Storage', which Burnish does not make"),
    Case(
      "a command for a storage",
      tensor: PickleText.tensor(
        PickleText.global("os", "system") + PickleText.tuple([PickleText.text("true")]) + [0x52]),
      .unsupported, "tensor 'w' depends on an object of 'os.system', which Burnish does not make"),
    Case(
      "a command for a parameter",
      tensor: PickleText.global("torch._utils", "_rebuild_parameter")
        + PickleText.tuple([PickleText.global("os", "system") + [0x29, 0x52], [0x88], [0x7d]]) + [0x52],
      .unsupported, "tensor 'w' depends on an object of 'os.system'"),
    Case(
      "a foreign function over a tensor",
      tensor: PickleText.global("torch._utils", "_rebuild_sparse_tensor") + PickleText.tuple([PickleText.tensor()]) + [
        0x52
      ],
      .unsupported, "its entry 'w' is an object of the class 'torch._utils._rebuild_sparse_tensor' with tensors inside"),
    Case(
      "text for a storage", tensor: PickleText.tensor(PickleText.text("x")),
      "tensor 'w' depends on the text 'x' in the place of a storage"),
  ]

  static let pickles: [Case] = [
    Case("no end", pickle: [0x7d], .truncated, "in the middle of something"),
    Case("nothing at all", pickle: [0x2e], "an instruction that lacks its operands before byte"),
    Case("an unknown instruction", pickle: [0xff], "the unknown instruction 255"),
    Case("protocol 6", pickle: [0x80, 6], .unsupported, "its pickle is of protocol 6; Burnish reads protocols 0 to 5"),
    Case("no tensors", pickle: [0x7d, 0x2e], .mismatch, "it holds no tensors: it is an empty dictionary"),
    Case(
      "a command alone",
      pickle: PickleText.global("os", "system") + PickleText.tuple([PickleText.text("true")]) + [0x52, 0x2e],
      .mismatch, "it holds no tensors: it is an object of 'os.system', which Burnish does not make"),
    Case(
      "a use of nothing", pickle: [0x6a, 0xff, 0xff, 0xff, 0xff], "a use of value 4294967295, which was never kept"),
    Case("a mark too few", pickle: [0x75], "the end of a collection without its beginning"),
    Case("an operand behind a mark", pickle: [0x4e, 0x28, 0x85, 0x2e], "an instruction that lacks its operands"),
    Case("a key without a value", pickle: [0x7d, 0x28, 0x4e, 0x75, 0x2e], "a key without a value"),
    Case("items for a number", pickle: [0x4b, 1, 0x4e, 0x61], "elements for the number 1, which is no list"),
    Case("a text beyond the end", pickle: [0x58, 0xff, 0xff, 0xff, 0x7f], .truncated, "in the middle of something"),
    Case(
      "bytes beyond 63 bits", pickle: [0x8e] + [UInt8](repeating: 0xff, count: 8), "a length of 18446744073709551615"),
    Case("a long beyond the end", pickle: [0x8b, 0xff, 0xff, 0xff, 0x7f], .truncated, "in the middle of something"),
    Case("a long of negative length", pickle: [0x8b, 0, 0, 0, 0x80], .truncated, "in the middle of something"),
    Case(
      "deep nesting", pickle: [UInt8](repeating: 0x28, count: 200_000),
      "nested more than 10000 deep; do not trust this file"),
    Case(
      "a list in a list in a list",
      pickle: [UInt8](repeating: 0x5d, count: 50_000) + [UInt8](repeating: 0x61, count: 49_999) + [0x2e],
      "is nested more than 16 deep"),
    Case(
      "a list in itself", pickle: [0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e], "is nested more than 16 deep"),
    Case(
      "a huge number", pickle: [0x4c] + [UInt8](repeating: 0x39, count: 100_000) + [0x0a, 0x2e], .mismatch, "no tensors"
    ),
    Case("a number of letters", pickle: Array("Ix\n".utf8), "a number that is none"),
    Case("buffers elsewhere", pickle: [0x97], .unsupported, "its pickle keeps buffers outside of itself"),
    Case(
      "a long name", pickle: Array("c\(String(repeating: "a", count: 2000))\nb\n".utf8),
      "names a class in more than 1000"),
    Case(
      "names that come to one key",
      pickle: Array("}(".utf8) + PickleText.text("a") + Array("}(".utf8) + PickleText.text("b") + PickleText.tensor()
        + Array("u".utf8) + PickleText.text("a.b") + PickleText.tensor() + Array("u.".utf8),
      "two of its tensors come to the key 'a.b'"),
  ]

  static let legacies: [Case] = [
    Case(
      "a storage cut short",
      TorchBytes.legacy(pickle: PickleText.saving(PickleText.tensor()), storages: [("0", 2, [1, 2, 3])]), .truncated,
      "the file ends at byte 212, but storage '0' reaches to byte 217; the download is probably cut short, download it again"
    ),
    Case(
      "a storage of another length",
      TorchBytes.legacy(pickle: PickleText.saving(PickleText.tensor()), storages: [("0", 3, [UInt8](0..<12))]),
      "storage '0' has 3 elements where its tensors speak of 2"),
    Case(
      "a storage of negative length",
      TorchBytes.legacy(pickle: PickleText.saving(PickleText.tensor()), storages: [("0", -1, [UInt8](0..<12))]),
      "storage '0' has -1 elements"),
    Case(
      "a storage twice",
      TorchBytes.legacy(
        pickle: PickleText.saving(PickleText.tensor()), storages: [("0", 2, [UInt8](0..<8)), ("0", 2, [UInt8](0..<8))]),
      "it holds storage '0' twice"),
    Case(
      "a storage of no tensor",
      TorchBytes.legacy(pickle: PickleText.saving(PickleText.tensor()), storages: [("1", 2, [UInt8](0..<8))]),
      "it holds a storage '1' that no tensor speaks of"),
    Case(
      "no storage", TorchBytes.legacy(pickle: PickleText.saving(PickleText.tensor()), storages: []),
      "tensor 'w' lies in storage '0', which the file does not hold"),
    Case(
      "a storage as large as memory",
      TorchBytes.legacy(
        pickle: PickleText.saving(PickleText.tensor(PickleText.storage(count: 1 << 60))),
        storages: [("0", 1 << 60, [1])]),
      .truncated, "but storage '0' reaches to byte 461168601842738"),
  ]

  static let archives: [Case] = {
    let sound = TorchBytes.Part(name: "a/data.pkl", bytes: PickleText.saving(PickleText.tensor()))
    let data = TorchBytes.Part(name: "a/data/0", bytes: [UInt8](0..<8))
    func with(
      _ id: String, _ words: String, _ code: CheckpointError.Code = .malformed,
      _ change: (inout TorchBytes.Part) -> Void
    ) -> Case {
      var part = data
      change(&part)
      return Case(id, TorchBytes.zip([sound, part]), code, words)
    }
    let maximum = UInt32.max
    return [
      Case("no directory", Array(TorchBytes.zip([sound, data]).dropLast(30)), .truncated, "without the directory"),
      Case("a file too many", TorchBytes.zip([sound, data], count: 3), "fewer than the 3 entries that it claims"),
      Case(
        "a directory beyond the end", TorchBytes.zip([sound, data], directoryOffset: 1 << 30), .truncated,
        "the file ends at byte 361, but its directory would be 110 bytes from byte 1073741824 on"),
      Case(
        "a directory of 4 GB", TorchBytes.zip([sound, data], directorySize: maximum), .truncated,
        "its directory would be"),
      Case("a file twice", TorchBytes.zip([sound, data, data]), "it holds 'a/data/0' twice"),
      Case(
        "two pickles", TorchBytes.zip([sound, TorchBytes.Part(name: "b/data.pkl", bytes: sound.bytes)]),
        "not of PyTorch"),
      with("compressed", "its part 'a/data/0' is compressed, which PyTorch does not do", .unsupported) {
        $0.method = 8
      },
      with("encrypted", "its part 'a/data/0' is encrypted", .unsupported) { $0.flags = 1 },
      with("two sizes", "'a/data/0' is not compressed, and yet of two sizes, 9 and 8") { $0.claimedSize = 9 },
      with("too long", "'a/data/0' would have 8000 bytes from byte") {
        ($0.claimedSize, $0.claimedStored) = (8000, 8000)
      },
      with("no header", "there is no 'a/data/0' at byte 7") { $0.claimedOffset = 7 },
      with("beyond the end", "'a/data/0' would begin at byte 4294967295") { $0.claimedOffset = maximum },
      with("over another", "'a/data/0' overlaps 'a/data.pkl'") { $0.claimedOffset = 0 },
      with("zip64 beyond the end", "'a/data/0' would begin at byte 18446744073709551615") {
        $0.claimedOffset = maximum
        $0.extra = [1, 0, 8, 0] + [UInt8](repeating: 0xff, count: 8)
      },
      with("zip64 of 2⁶⁴ bytes", "'a/data/0' would have 18446744073709551615 bytes from byte") {
        ($0.claimedSize, $0.claimedStored) = (maximum, maximum)
        $0.extra = [1, 0, 16, 0] + [UInt8](repeating: 0xff, count: 16)
      },
      with("zip64 cut short", "'a/data/0' would have 4294967295 bytes") {
        ($0.claimedSize, $0.claimedStored) = (maximum, maximum)
        $0.extra = [1, 0, 200, 0, 1, 2, 3]
      },
      Case(
        "a zip64 record elsewhere",
        TorchBytes.zip(
          [sound, data],
          locator: TorchBytes.little(UInt32(0x0706_4b50)) + TorchBytes.little(UInt32(0)) + TorchBytes.little(UInt64.max)
            + TorchBytes.little(UInt32(1))),
        "the record of its directory would stand at byte 18446744073709551615"),
    ]
  }()
}
