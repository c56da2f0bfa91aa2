import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

/// `burnish models import`, as a user starts it.
struct ModelsImportTests {
  private static let fixtures = Fixture.path("TorchFiles")

  @Test(arguments: ["flat", "legacy-kinds", "views", "lightning", "ema", "numpy1"])
  func filesEqualPyTorchs(name: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(["models", "import", "\(Self.fixtures)/\(name).pth", "-o", folder.path])
    let target = folder.file("\(name).safetensors")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let (found, wanted) = (
      try SafetensorsFile(path: target), try SafetensorsFile(path: "\(Self.fixtures)/\(name).safetensors")
    )
    #expect(found.keys == wanted.keys)
    var count = 0
    var bytes = 0
    for key in wanted.keys {
      let (a, b) = (try found.tensor(key), try wanted.tensor(key))
      #expect(a.shape == b.shape && a.dtype == b.dtype)
      #expect(try a.withBytes { Array($0) } == b.withBytes { Array($0) }, "\(key)")
      (count, bytes) = (count + b.count, bytes + b.byteCount)
    }
    #expect(outcome.output == "\(target)  \(wanted.keys.count) tensors  \(count) parameters  \(bytes) bytes\n")
  }

  @Test func remarksAreKept() throws {
    let folder = try TemporaryFolder()
    let target = folder.file("deep/other.safetensors")
    let outcome = try Program.run(["models", "import", "\(Self.fixtures)/lightning.pth", "-o", target])
    #expect(outcome.status == 0)
    let metadata = try SafetensorsFile(path: target).metadata
    #expect(metadata["global_step"] == "12000" && metadata["format"] == "pt")
  }

  @Test(arguments: [("bf16", DType.bfloat16), ("fp16", .float16), ("fp32", .float32), ("keep", .float32)])
  func weightsTakeTheTypeAskedFor(name: String, dtype: DType) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["models", "import", "\(Self.fixtures)/flat.pth", "-o", folder.path, "--dtype", name])
    #expect(outcome.status == 0)
    let file = try SafetensorsFile(path: folder.file("flat.safetensors"))
    #expect(file.dtype(of: "conv.weight") == dtype && file.dtype(of: "norm.num_batches_tracked") == .int64)
    let own = try SafetensorsFile(path: "\(Self.fixtures)/flat.safetensors").tensor("conv.weight")
    #expect(try file.tensor("conv.weight").floats() == own.to(dtype).floats())
  }

  @Test func weightsBeyondTheRangeOfATypeAreRefused() throws {
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(["w": Tensor([1, 70000] as [Float])], to: folder.file("a.safetensors"))
    let source = folder.file("a.safetensors")
    let arguments = ["models", "import", source, "-o", folder.file("out"), "--dtype"]
    let outcome = try Program.run(arguments + ["fp16"])
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("values of 'w' are beyond the range of float16; take another --dtype, or keep"))
    #expect(tree(folder.file("out")) == [])
    #expect(try Program.run(arguments + ["bf16"]).status == 0)
  }

  @Test func theEntryAskedForIsTaken() throws {
    let folder = try TemporaryFolder()
    func keys(_ state: String) throws -> Set<String> {
      let outcome = try Program.run(
        ["models", "import", "\(Self.fixtures)/several.pth", "-o", folder.path, "--overwrite", "--state", state])
      #expect(outcome.status == 0)
      return try SafetensorsFile(path: folder.file("several.safetensors")).keys
    }
    #expect(try keys("critic") == ["w"])
    #expect(try keys(".") == ["critic.w", "generator.w"])
  }

  @Test func whatIsThereStaysUnlessToldOtherwise() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write([7], to: "flat.safetensors")
    let arguments = ["models", "import", "\(Self.fixtures)/flat.pth", "-o", folder.path]
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.errors == "\(target): is there already; --overwrite writes it anew\n")
    #expect(try contents(target) == [7])
    #expect(try Program.run(arguments + ["--overwrite"]).status == 0)
    #expect(try SafetensorsFile(path: target).keys.count == 3)
  }

  /// The linear layers of a FLUX.1 transformer in int8, the others as asked for.
  @Test func aTransformerIsQuantised() throws {
    let folder = try TemporaryFolder()
    let fixture = try SafetensorsFile(path: Fixture.path("Oracles/flux-transformer.safetensors"))
    let weights = fixture.keys.filter { $0.hasPrefix("w/") }
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: weights.map { (String($0.dropFirst(2)), try fixture.tensor($0)) }),
      to: folder.file("flux.safetensors"))
    let outcome = try Program.run(
      ["models", "import", "flux.safetensors", "-o", ".", "--quantize", "int8", "--dtype", "bf16"], in: folder.path)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let file = try SafetensorsFile(path: folder.file("flux-int8.safetensors"))
    #expect(file.metadata["quantization"] == "int8, a scale for each row in *.weight_scale")
    // Two double blocks with 14 linear layers each, three single ones with 6.
    #expect(file.keys.filter { $0.hasSuffix(".weight_scale") }.count == 2 * 14 + 3 * 6)
    #expect(file.keys.count == weights.count + 2 * 14 + 3 * 6)
    let name = "transformer_blocks.1.attn.add_q_proj"
    let (numbers, scale) = try RowQuantisation.quantised(fixture.tensor("w/\(name).weight"))
    #expect(try file.tensor("\(name).weight").integers() == numbers.integers())
    #expect(try file.tensor("\(name).weight_scale").floats() == scale.floats())
    #expect(file.dtype(of: "\(name).bias") == .bfloat16 && file.dtype(of: "x_embedder.weight") == .bfloat16)
    #expect(file.dtype(of: "transformer_blocks.0.attn.norm_q.weight") == .bfloat16)

    let again = try Program.run(
      ["models", "import", "flux-int8.safetensors", "-o", "twice.safetensors", "--quantize", "int8"], in: folder.path)
    #expect(again.status == 1 && again.errors.contains("is int8: it is quantised already"), "\(again.errors)")
  }

  @Test func otherNetworksAreNotQuantised() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["models", "import", "\(Self.fixtures)/flat.safetensors", "-o", folder.path, "--quantize", "int8"])
    #expect(outcome.status == 1 && tree(folder.path) == [])
    #expect(outcome.errors.contains("--quantize is for transformers of FLUX.1, and '"))
    #expect(outcome.errors.contains("is no transformer of FLUX.1: it has no 'x_embedder.weight'"))
  }

  @Test func withoutAnOutputItGoesToTheModelFolder() throws {
    let home = try TemporaryFolder()
    let outcome = try Program.run(
      ["models", "import", "\(Self.fixtures)/flat.pth"], environment: ["BURNISH_HOME": home.path])
    #expect(outcome.status == 0)
    #expect(tree(home.path) == ["imported", "imported/flat.safetensors"])
  }

  @Test func aFolderIsMirroredAndItsFailuresNamed() throws {
    let folder = try TemporaryFolder()
    let flat = try contents("\(Self.fixtures)/flat.pth")
    try folder.write(flat, to: "in/unet/diffusion_pytorch_model.bin")
    try folder.write(flat, to: "in/text/pytorch_model-00001-of-00001.bin")
    try folder.write(
      Array(#"{"weight_map":{"conv.bias":"pytorch_model-00001-of-00001.bin"}}"#.utf8),
      to: "in/text/pytorch_model.bin.index.json")
    try folder.write(flat.dropLast(9), to: "in/cut.pth")
    try folder.write([1, 2, 3], to: "in/noise.bin")
    try folder.write(flat, to: "in/.hidden/a.pth")
    let outcome = try Program.run(["models", "import", "in", "-o", "out"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(
      tree(folder.file("out")) == [
        "text", "text/pytorch_model.safetensors", "unet", "unet/diffusion_pytorch_model.safetensors",
      ])
    #expect(
      outcome.errors.hasPrefix(
        "in/cut.pth: failed: Could not open 'in/cut.pth': it ends at byte \(flat.count - 9) without the directory"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test(
    arguments: [
      (["gone.pth"], "there is no file or folder 'gone.pth'"),
      (["a.pth", "--dtype", "fp8"], "--dtype 'fp8' is not known; it takes bf16, fp16, fp32 or keep"),
      (["a.pth", "--quantize", "int4"], "--quantize 'int4' is not known; it takes int8"),
      (["a.pth", "--state", ""], "--state is an empty name; '.' is the whole file"),
      (["a.pth", "-o", ""], "the output is an empty name"),
      (["empty"], "no checkpoint (.pth, .pt, .ckpt, .bin) was found in 'empty'"),
      (["twice", "-o", "out"], "would both be written to 'out/a.safetensors'; import them one at a time"),
      (["b.safetensors", "-o", "."], "'b.safetensors' would be overwritten by its own import; give another output"),
    ] as [([String], String)])
  func wrongUses(arguments: [String], words: String) throws {
    let folder = try TemporaryFolder()
    for name in ["a.pth", "b.safetensors", "empty/notes.txt", "twice/a.pth", "twice/a.ckpt"] {
      try folder.write([1], to: name)
    }
    let before = tree(folder.path)
    let outcome = try Program.run(["models", "import"] + arguments, in: folder.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(tree(folder.path) == before)
  }
}
