import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Every option takes effect: the picture, the provenance or the events differ as they should.
struct OptionTests {
  /// Restores a small picture.
  static func restore(
    _ arguments: String..., size: (Int, Int) = (24, 20), name: String = "out.png", environment: [String: String?] = [:]
  ) throws -> (picture: Picture, bytes: [UInt8], outcome: Program.Outcome) {
    let folder = try TemporaryFolder()
    try Samples.picture(size.0, size.1).write(path: folder.file("in.png"))
    let outcome = try Program.run(
      ["restore", "in.png", "-o", name, "--json", "--threads", "1"] + arguments, in: folder.path,
      environment: environment)
    try #require(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    #expect(tree(folder.path) == ["in.png", name].sorted())
    return (try Picture.read(path: folder.file(name)), try contents(folder.file(name)), outcome)
  }

  @Test func theDefaults() throws {
    let (picture, bytes, outcome) = try Self.restore()
    #expect(picture.width == 96 && picture.height == 80)
    let made = picture.provenance
    #expect(made["software"]?.wholeMatch(of: /Burnish [0-9.]+/) != nil)
    #expect(made["model"] == "starter" && made["steps"] == "4" && made["seed"] == "0")
    #expect(made["scale"] == "4.0" && made["colorFix"] == "wavelet" && made["tile"] == "off")
    #expect(made["libtorch"]?.hasPrefix("2.") == true && made["device"] != nil && made["dtype"] != nil)
    #expect(outcome.errors.isEmpty)
    // Said, they are the same.
    #expect(
      try Self.restore(
        "--model", "starter", "--scale", "4", "--steps", "4", "--seed", "0", "--color-fix", "wavelet", "--tile", "auto",
        "--quality", "95", "--device", "auto", "--dtype", "auto"
      ).bytes == bytes)
  }

  @Test func theSameSeedTheSameBytes() throws {
    let first = try Self.restore("--seed", "12345678901234567890")
    #expect(try Self.restore("--seed", "12345678901234567890").bytes == first.bytes)
    #expect(first.picture.provenance["seed"] == "12345678901234567890")
    let other = try Self.restore("--seed", "1").picture
    #expect(other.colour != first.picture.colour)
    // Threads share work out differently, and must not show.
    let folder = try TemporaryFolder()
    try Samples.picture(24, 20).write(path: folder.file("in.png"))
    let arguments = ["restore", "in.png", "-o", "out.png", "--seed", "1", "--threads", "2"]
    #expect(try Program.run(arguments, in: folder.path).status == 0)
    #expect(try Picture.read(path: folder.file("out.png")).colour == other.colour)
  }

  @Test(arguments: [
    (["--scale", "1"], 24, 20), (["--scale", "1.5"], 36, 30), (["--scale", "0.25"], 6, 5),
    (["--scale", "6"], 144, 120),
    (["--width", "50"], 50, 42), (["--height", "33"], 40, 33), (["--width", "1"], 1, 1),
  ])
  func size(_ arguments: [String], width: Int, height: Int) throws {
    let (picture, _, outcome) = try Self.restore(arguments[0], arguments[1])
    #expect(picture.width == width && picture.height == height)
    let done = try #require(outcome.events("done").first)
    #expect(done["width"] as? Int == width && done["height"] as? Int == height)
    let key = String(arguments[0].dropFirst(2))
    #expect(picture.provenance[key].flatMap(Double.init) == Double(arguments[1]))
  }

  @Test func steps() throws {
    let pictures = try (1...4).map { try Self.restore("--steps", "\($0)") }
    for (index, found) in pictures.enumerated() {
      #expect(found.picture.provenance["steps"] == "\(index + 1)")
      let last = found.outcome.events("progress").filter { $0["stage"] as? String == "denoise" }.last
      #expect(last?["step"] as? Int == index + 1 && last?["steps"] as? Int == index + 1)
    }
    #expect(Set(pictures.map(\.picture.colour)).count == 4)
  }

  @Test func fidelity() throws {
    let pictures = try ["0", "0.5", "1"].map { try Self.restore("--fidelity", $0).picture }
    #expect(Set(pictures.map(\.colour)).count == 3)
    #expect(pictures[1].provenance["fidelity"] == "0.5")
  }

  @Test func colorFix() throws {
    let pictures = try ["wavelet", "adain", "none"].map { try Self.restore("--color-fix", $0).picture }
    #expect(Set(pictures.map(\.colour)).count == 3)
    #expect(pictures.map { $0.provenance["colorFix"] } == ["wavelet", "adain", "none"])
    let wanted = try Samples.picture(24, 20).mean()
    for fixed in pictures.dropLast() { #expect(distance(fixed.mean(), wanted) < 2 / 255) }
  }

  @Test func tile() throws {
    let whole = try Self.restore("--tile", "off").picture
    let (tiled, _, outcome) = try Self.restore("--tile", "64")
    #expect(tiled.colour != whole.colour)
    #expect(tiled.provenance["tile"] == "64" && whole.provenance["tile"] == "off")
    #expect(outcome.events("start").first?["tile"] as? Int == 64)
    #expect(outcome.events("progress").contains { $0["tiles"] as? Int == 4 && $0["tile"] as? Int == 3 })
    // As large as the picture: none.
    #expect(try Self.restore("--tile", "96").picture.colour == whole.colour)
  }

  /// A budget between what the whole takes and what tiles take.
  @Test func memory() throws {
    let size = (100, 80)
    func bytes(_ tile: String) throws -> Int {
      let outcome = try Self.restore("--tile", tile, "--steps", "1", size: size).outcome
      return try #require(outcome.events("start").first?["memory"] as? Int)
    }
    let (small, large) = (try bytes("128"), try bytes("off"))
    #expect(small < large)
    let cut = try Self.restore("--memory", "\((small + large) / 2)", "--steps", "1", size: size)
    #expect(Int(cut.picture.provenance["tile"] ?? "").map { (128..<400).contains($0) } == true)
    #expect(try #require(cut.outcome.events("start").first?["memory"] as? Int) <= (small + large) / 2)
    // Units: as much as a gibibyte is enough.
    for text in ["1G", "1GB", "1024M", "1048576K", "1.0g"] {
      #expect(try Self.restore("--memory", text, "--steps", "1", size: size).picture.provenance["tile"] == "off")
    }
  }

  @Test func quality() throws {
    let (low, high) = (
      try Self.restore("--quality", "40", name: "out.jpg").bytes,
      try Self.restore("--quality", "98", name: "out.jpg").bytes
    )
    #expect(low.count < high.count)
    #expect(
      try Self.restore(name: "out.jpg").bytes.count == Self.restore("--quality", "95", name: "out.jpg").bytes.count)
  }

  @Test func dtype() throws {
    let long = try Self.restore("--dtype", "fp32")
    for (option, name) in [("bf16", "bfloat16"), ("fp16", "float16")] {
      let short = try Self.restore("--dtype", option)
      #expect(short.picture.provenance["dtype"] == name)
      #expect(short.outcome.events("begin").first?["dtype"] as? String == name)
      #expect(short.picture.colour != long.picture.colour)
      #expect(distance(short.picture.mean(), long.picture.mean()) < 0.01)
    }
    #expect(long.picture.provenance["dtype"] == "float32")
  }

  @Test func deviceAndThreads() throws {
    let (picture, _, outcome) = try Self.restore("--device", "cpu")
    let begin = try #require(outcome.events("begin").first)
    #expect(begin["device"] as? String == "cpu" && begin["threads"] as? Int == 1)
    #expect(picture.provenance["device"] == "cpu")
  }

  @Test func promptsAreToldToHaveNoEffect() throws {
    let (picture, _, outcome) = try Self.restore("--prompt", "a <dog> & \"cat\"", "--negative-prompt", "blur")
    #expect(
      outcome.events("begin").first?["warnings"] as? [String] == [
        "--prompt has no effect: the model 'starter' reads no text",
        "--negative-prompt has no effect: the model 'starter' reads no text",
      ])
    #expect(picture.provenance["prompt"] == "a <dog> & \"cat\"")
    #expect(picture.provenance["negativePrompt"] == "blur")
    #expect(try Self.restore().picture.colour == picture.colour)
  }

  @Test func model() throws {
    let home = try TemporaryFolder()
    try Models.write(seed: 77, to: home.file("starter"))
    let usual = try Self.restore().picture
    let byPath = try Self.restore("--model", home.file("starter")).picture
    #expect(byPath.colour != usual.colour)
    // By name: what $BURNISH_HOME holds comes first.
    let byName = try Self.restore(environment: ["BURNISH_HOME": home.path])
    #expect(byName.picture.colour == byPath.colour)
    #expect(byName.outcome.events("begin").first?["folder"] as? String == home.file("starter"))
  }

  /// A folder that happens to be called like the default model is not taken for it.
  @Test func aFolderOfTheModelsName() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    try folder.write([1], to: "starter/x")
    let outcome = try Program.run(["restore", "in.png", "-o", "out.png"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let meant = try Program.run(["restore", "in.png", "-o", "b.png", "--model", "./starter"], in: folder.path)
    #expect(meant.status == 2)
    #expect(meant.errors.contains("--model './starter' is a folder, but not of a model that this version knows"))
  }

  @Test func aDamagedModel() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    try Models.write(to: folder.file("model"))
    try folder.write([1, 2, 3], to: "model/unet/diffusion_pytorch_model.safetensors")
    let outcome = try Program.run(["restore", "in.png", "-o", "out.png", "--model", "model"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("Error: "))
    #expect(outcome.errors.contains("unet/diffusion_pytorch_model.safetensors"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out.png")))
  }

  @Test func overwrite() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    try folder.write([7], to: "out.png")
    let kept = try Program.run(["restore", "in.png", "-o", "out.png"], in: folder.path)
    #expect(kept.status == 0)
    #expect(kept.errors.contains("in.png: out.png is there already, skipped (--overwrite makes it anew)"))
    #expect(kept.errors.contains("0 done, 1 skipped in "))
    #expect(try contents(folder.file("out.png")) == [7])
    let made = try Program.run(["restore", "in.png", "-o", "out.png", "--overwrite"], in: folder.path)
    #expect(made.status == 0)
    #expect(try Picture.read(path: folder.file("out.png")).width == 32)
    #expect(tree(folder.path) == ["in.png", "out.png"])
  }
}
