import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Wrong uses: each says what is wrong with which value, on standard error, and writes nothing.
struct UsageErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let words: String
    var testDescription: String { arguments.joined(separator: " ") }

    /// A wrong use is status 2, as the shell's own tools have it.
    init(_ arguments: [String], _ words: String, status: Int32 = 2) {
      (self.arguments, self.words, self.status) = (arguments, words, status)
    }
  }

  /// `restore in.png -o out.png` with more options.
  static func option(_ arguments: String..., words: String, status: Int32 = 2) -> Case {
    Case(["restore", "in.png", "-o", "out.png"] + arguments, words, status: status)
  }

  static let options: [Case] = [
    option("--frobnicate", words: "Unknown option '--frobnicate'"),
    option("--scale", "0", words: "--scale must be above 0 and at most 64, not 0.0"),
    option("--scale", "65", words: "--scale must be above 0 and at most 64, not 65.0"),
    option("--scale", "nan", words: "--scale must be above 0 and at most 64, not nan"),
    option("--scale=-2", words: "--scale must be above 0 and at most 64, not -2.0"),
    option("--scale", "big", words: "The value 'big' is invalid for '--scale <factor>'"),
    option("--scale", words: "Missing value for '--scale <factor>'"),
    option("--width", "0", words: "--width must be within 1…1000000, not 0"),
    option("--height", "1000001", words: "--height must be within 1…1000000, not 1000001"),
    option("--width", "9.5", words: "The value '9.5' is invalid for '--width <pixels>'"),
    option("--scale", "2", "--width", "9", words: "--scale, --width and --height exclude each other: give one of them"),
    option("--width", "9", "--height", "9", words: "--scale, --width and --height exclude each other"),
    option("--steps", "0", words: "--steps must be at least 1, not 0"),
    option("--steps", "5", words: "--steps 5: the model 'starter' has at most 4 steps"),
    option("--seed=-1", words: "The value '-1' is invalid for '--seed <number>'"),
    option("--seed", "18446744073709551616", words: "is invalid for '--seed <number>'"),
    option("--fidelity", "1.01", words: "--fidelity must be within 0…1, not 1.01"),
    option("--fidelity=-0.1", words: "--fidelity must be within 0…1, not -0.1"),
    option("--fidelity", "nan", words: "--fidelity must be within 0…1, not nan"),
    option("--color-fix", "sepia", words: "--color-fix 'sepia' is not known; it takes wavelet, adain or none"),
    option("--tile", "63", words: "--tile '63' is not known; it takes auto, off, or a side of at least 64 pixels"),
    option("--tile", "small", words: "--tile 'small' is not known"),
    option("--memory", "lots", words: "--memory 'lots' is not a size; write 8G, 900M or a number of bytes"),
    option("--memory", "0", words: "--memory '0' is not a size"),
    option("--memory", "1.2.3G", words: "--memory '1.2.3G' is not a size"),
    option("--memory", "9999999T", words: "--memory '9999999T' is not a size"),
    option("--memory=-1G", words: "--memory '-1G' is not a size"),
    option("--quality", "0", words: "--quality must be within 1…100, not 0"),
    option("--quality", "101", words: "--quality must be within 1…100, not 101"),
    option("--device", "tpu", words: "--device 'tpu' is not known; it takes auto, cpu, cuda, cuda:N or mps"),
    option("--device", "cuda:x", words: "--device 'cuda:x' is not known"),
    option(
      "--device", "cuda:99", words: "--device cuda:99: libtorch finds no such device here; 'burnish doctor' lists"),
    option("--dtype", "fp8", words: "--dtype 'fp8' is not known; it takes auto, bf16, fp16 or fp32"),
    option("--threads", "0", words: "--threads must be within 1…1024, not 0"),
    option("--threads", "1000000", words: "--threads must be within 1…1024, not 1000000"),
    option(
      "--model", "nowhere", words: "--model 'nowhere' is neither a folder nor a model that this version knows (starter"),
    option(
      "--model", "empty", words: "--model 'empty' is a folder, but not of a model that this version knows (starter"),
  ]

  static let paths: [Case] = [
    Case(["nonsense"], "Unexpected argument 'nonsense'"),
    Case(
      ["restore", "in.png"], "missing the output: say where the restored picture goes with -o, such as -o restored.png"),
    Case(["restore", "gone.png", "-o", "out.png"], "there is no file or folder 'gone.png'"),
    Case(["restore", "in.png", "gone.png", "-o", "out"], "there is no file or folder 'gone.png'"),
    Case(["restore", "in.png", "-o", ""], "the output is an empty name"),
    Case(
      ["restore", "in.png", "-o", "out.bmp"],
      "Could not tell which kind of picture to write at 'out.bmp': end the name with one of .jpg"),
    Case(["restore", "in.png", "-o", "out.gif"], "Could not tell which kind of picture to write at 'out.gif'"),
    Case(["restore", "in.png", "-o", "out"], "Could not tell which kind of picture to write at 'out'"),
    Case(
      ["restore", "in.png", "-o", "in.png"], "'in.png' would be overwritten by its own restoration; give another output"
    ),
    Case(
      ["restore", "in.png", "-o", "./empty/../in.png", "--overwrite"], "would be overwritten by its own restoration"),
    Case(["restore", "in.png", "-o", "link.png", "--overwrite"], "would be overwritten by its own restoration"),
    Case(["restore", "in.png", "-o", "."], "'in.png' would be overwritten by its own restoration"),
    Case(["restore", "tree", "-o", "tree"], "would be overwritten by its own restoration"),
    // One input in the place of another.
    Case(
      ["restore", "source", "tree/sub/b.png", "-o", "tree"],
      "'tree/sub/b.png' would be overwritten by the restoration of 'source/sub/b.png'; give another output"),
    Case(
      ["restore", "in.png", "tree/in.png", "-o", "out"],
      "'in.png' and 'tree/in.png' would both be written to 'out/in.png'"),
    Case(["restore", "same", "-o", "out"], "would both be written to 'out/a.png'; restore them one at a time"),
    Case(
      ["restore", "in.png", "other.png", "-o", "file"], "'file' is a file, but several pictures need a folder to go to"),
    Case(["restore", "tree", "-o", "file"], "'file' is a file, but several pictures need a folder to go to"),
    Case(
      ["restore", "in.png", "other.png", "-o", "out.png"],
      "several pictures need a folder to go to, and 'out.png' is a picture's name; write 'out.png/' if a folder is meant"
    ),
    Case(
      ["restore", "x.png", "-o", "out.png"],
      "several pictures need a folder to go to, and 'out.png' is a picture's name"),
    Case(["restore", "empty", "-o", "out"], "no picture was found in 'empty'"),
    Case(["doctor", "now"], "Unexpected argument 'now'"),
    Case(["train"], "Missing expected argument '<recipe>'"),
    Case(["train", "gone.yaml"], "cannot read the recipe 'gone.yaml'"),
  ]

  /// Known before a long run, but only of this picture: the others would go on.
  static let pictures: [Case] = [
    option("--memory", "1M", words: "in.png: failed: a picture of 64 × 48 pixels takes at least", status: 1),
    option(
      "--width", "1000000",
      words: "in.png: failed: a picture of 64 × 48 pixels, enlarged further to 750000.0 million in all, takes",
      status: 1),
    Case(
      ["restore", "in.png", "-o", "out.jpg", "--width", "70000"],
      "A JPEG file cannot hold 70000x52500 pixels: its longest side is 65535; write .png or .tif", status: 1),
    Case(
      ["restore", "in.png", "-o", "file/out.png"], "Could not write 'file/out.png': 'file' is a file, not a folder",
      status: 1),
    Case(["restore", "in.png", "-o", "file/deep/out.png"], "'file' is a file, not a folder", status: 1),
  ]

  @Test(arguments: options + paths + pictures) func words(_ item: Case) throws {
    let folder = try Self.folder()
    let before = tree(folder.path)
    let outcome = try Program.run(item.arguments, in: folder.path)
    #expect(outcome.status == item.status)
    #expect(outcome.errors.contains(item.words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(tree(folder.path) == before)
  }

  /// A folder that holds what the cases speak of.
  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let picture = try Samples.picture(16, 12).encoded(as: .png).bytes
    for name in [
      "in.png", "tree/in.png", "tree/sub/b.png", "same/a.png", "same/a.gif", "x.png/in.png", "source/sub/b.png",
    ] {
      try folder.write(picture, to: name)
    }
    try folder.write([7], to: "file")
    try folder.write("not a picture".utf8, to: "empty/notes.txt")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.png"), withDestinationPath: "in.png")
    try folder.write(picture, to: "elsewhere/in.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("other.png"), withDestinationPath: "elsewhere/in.png")
    return folder
  }
}
