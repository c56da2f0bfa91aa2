import Foundation
import TestSupport
import Testing

@testable import Pictures

/// `burnish synthesize` as a user runs it, and as a machine that loses its power does.
struct SynthesizeTests {
  /// Two hundred drawings; NIQE needs two blocks of 96 pixels.
  private static let recipe = """
    output: pairs
    seeds: {first: 0, count: 200}
    picture: {width: 192, height: 96}
    generator: {kind: drawn}
    selection: {metrics: [niqe], percentile: 10}
    degradation: {recipe: mixture-x4}
    """

  private static func folder(_ recipe: String = recipe) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(recipe.utf8, to: "r.yaml")
    return folder
  }

  private static func files(_ folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in tree(folder) { files[name] = (try? contents(folder + "/" + name)) ?? [] }
    return files
  }

  /// Made once, without disturbance.
  private static let undisturbed = Result {
    let folder = try SynthesizeTests.folder()
    let outcome = try Program.run(["synthesize", "r.yaml", "--threads", "1"], in: folder.path)
    guard outcome.status == 0 else { throw Trouble(outcome.errors) }
    return (files: try SynthesizeTests.files(folder.file("pairs")), messages: outcome.errors)
  }

  private struct Trouble: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  @Test func makesPairs() throws {
    let (files, messages) = try Self.undisturbed.get()
    let pictures = files.keys.filter { $0.hasSuffix(".png") }
    #expect(pictures.count == 400)
    let kept = pictures.count { $0.hasPrefix("hq/") }
    #expect(kept > 150 && kept < 200 && pictures.count { $0.hasPrefix("lq/") } == kept)
    #expect(
      messages.contains(
        "making pairs of 192x96 in pairs: seeds 0 to 199, generator drawn, measured by niqe-y, spoilt by mixture-x4, on cpu"
      ))
    #expect(messages.contains("200 made in ") && messages.contains("niqe-y: kept up to "))
    #expect(messages.contains("pairs: \(kept) pairs kept, \(200 - kept) dropped; see manifest.jsonl"))
    let folder = try TemporaryFolder()
    let name = try #require(pictures.filter { $0.hasPrefix("hq/") }.min())
    let high = try Picture.decodeRGB8(path: folder.write(try #require(files[name]), to: "hq.png"))
    let low = try Picture.decodeRGB8(
      path: folder.write(try #require(files[name.replacing("hq/", with: "lq/")]), to: "lq.png"))
    #expect(high.width == 192 && high.height == 96 && low.width == 48 && low.height == 24)
  }

  /// Killed three times at moments of chance, and gone on with each time.
  @Test func killsLeaveNoTrace() throws {
    let folder = try Self.folder()
    for count in [20, 75, 150] {
      try folder.write([], to: "output")
      let process = try Program.start(
        ["synthesize", "r.yaml", "--json", "--threads", "1"], in: folder.path,
        output: FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("output"))), errors: .nullDevice)
      let deadline = Date.now.addingTimeInterval(240)
      func lines() throws -> Int { try contents(folder.file("pairs/journal/all.jsonl")).count { $0 == 10 } }
      while Date.now < deadline, process.isRunning, ((try? lines()) ?? 0) < count { usleep(5_000) }
      #expect(process.isRunning)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(try lines() < 200)
    }
    let outcome = try Program.run(["synthesize", "r.yaml", "--threads", "1"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains(" of 200 pictures are there already"))
    let files = try Self.files(folder.file("pairs"))
    let whole = try Self.undisturbed.get().files
    #expect(files.keys.sorted() == whole.keys.sorted())
    #expect(files.filter { whole[$0.key] != $0.value }.keys.sorted() == [])
  }

  /// A launcher's processes, a share by hand, and a last look.
  @Test func sharesMakeTheSameSet() throws {
    let recipe = Self.recipe.replacing("count: 200", with: "count: 12")
    let (whole, parts) = (try Self.folder(recipe), try Self.folder(recipe))
    #expect(try Program.run(["synthesize", "r.yaml"], in: whole.path).status == 0)
    let first = try Program.run(
      ["synthesize", "r.yaml"], in: parts.path, environment: ["RANK": "2", "WORLD_SIZE": "3", "LOCAL_RANK": "0"])
    #expect(first.status == 0)
    #expect(first.errors.contains("seeds 8 to 11"), "\(first.errors)")
    #expect(
      first.errors.contains("nothing is selected yet: 8 pictures are missing, those of the seeds 0, 1, 2, 3, 4, …"))
    let early = try Program.run(["synthesize", "r.yaml", "--finish", "--json"], in: parts.path)
    #expect(early.status == 1)
    let missing = try #require(early.events("incomplete").first)
    #expect(missing["missing"] as? Int == 8 && missing["seeds"] as? [Int] == [0, 1, 2, 3, 4])
    #expect(try Program.run(["synthesize", "r.yaml", "--from", "4", "--to", "7"], in: parts.path).status == 0)
    let last = try Program.run(["synthesize", "r.yaml", "--shard", "1/3", "--json"], in: parts.path)
    #expect(last.status == 0)
    #expect(
      last.events.compactMap { $0?["event"] as? String }.filter { $0 != "made" } == [
        "begin", "start", "end", "selected",
      ])
    let begin = try #require(last.events("begin").first)
    #expect(begin["shard"] as? String == "1-of-3" && begin["count"] as? Int == 4 && begin["first_seed"] as? Int == 0)
    #expect(last.events("made").compactMap { $0["seed"] as? Int } == [0, 1, 2, 3])
    #expect(try Self.files(parts.file("pairs")) == Self.files(whole.file("pairs")))
    #expect(try Program.run(["synthesize", "r.yaml", "--finish"], in: parts.path).status == 0)
    #expect(try Self.files(parts.file("pairs")) == Self.files(whole.file("pairs")))
  }

  @Test func photographsBecomePairs() throws {
    let folder = try Self.folder(
      """
      picture: {width: 32, height: 16, format: webp}
      seeds: {count: 4}
      generator: {kind: folder, folders: [photos]}
      selection: {metrics: []}
      """)
    try folder.write(Samples.picture(64, 48).encoded(as: .png).bytes, to: "photos/a.png")
    try folder.write(Samples.corners(16, 16).encoded(as: .png).bytes, to: "photos/b.png")
    try folder.write([1, 2, 3], to: "photos/c.png")
    let outcome = try Program.run(["synthesize", "r.yaml", "-o", "out", "--json"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let records = outcome.events("made").compactMap { $0["record"] as? [String: Any] }
    #expect(records.map { $0["hq"] != nil } == [true, false, false, true])
    #expect(tree(folder.file("out/hq")) == ["00000000.webp", "00000003.webp"])
    let flaws = records.compactMap { ($0["flaws"] as? [String])?.first }
    #expect(flaws.first == "the photograph 'photos/b.png' has 16x16 pixels, too few for 32x16")
    #expect(flaws.last?.hasPrefix("the photograph cannot be read: ") == true)
    let selected = try #require(outcome.events("selected").first)
    #expect(selected["kept"] as? Int == 2 && selected["dropped"] as? Int == 2)
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopsAfterThePicture(signal: Int32, status: Int32) throws {
    let folder = try Self.folder()
    try folder.write([], to: "errors")
    let process = try Program.start(
      ["synthesize", "r.yaml", "--threads", "1"], in: folder.path, output: .nullDevice,
      errors: FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("errors"))))
    let journal = folder.file("pairs/journal/all.jsonl")
    let deadline = Date.now.addingTimeInterval(120)
    while Date.now < deadline, process.isRunning, ((try? contents(journal)) ?? []).isEmpty { usleep(2_000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == status)
    let text = String(decoding: try contents(folder.file("errors")), as: UTF8.self)
    #expect(text.contains(" made, stopped by the user in "))
    #expect(!tree(folder.file("pairs")).contains { $0.hasSuffix(".partial") || $0 == "manifest.jsonl" })
    let lines = try contents(journal).count { $0 == 10 }
    #expect(lines == tree(folder.file("pairs/hq")).count && lines == tree(folder.file("pairs/lq")).count)
  }

  /// Recipe, arguments, and what is said of them; all of it is wrong usage.
  private static let refusals: [(String, [String], String)] = [
    ("seeds: {cuont: 3}", [], "Error: reading the recipe r.yaml: unknown key 'seeds.cuont'; did you mean 'count'?"),
    (
      "seeds: {count: 0}", [],
      "Error: reading the recipe r.yaml: 'seeds.count': 0 pictures; it must be within 1…1000000000"
    ),
    (
      "generator: {kind: fluks}", [],
      "Error: the recipe's 'generator.kind' is 'fluks'; it takes flux, sdxl, sd3, sd2, drawn, folder"
    ),
    (
      "generator: {kind: drawn, steps: 3}", [],
      "Error: the recipe's 'generator.steps' means nothing to the kind 'drawn'; leave it out"
    ),
    (
      "generator: {kind: sdxl, folders: [x]}", [],
      "Error: the recipe's 'generator.folders' means nothing to the kind 'sdxl'; leave it out"
    ),
    (
      "generator: {kind: sdxl, model: nowhere}", [],
      "Error: the recipe's 'generator.model' is 'nowhere', where nothing is; it takes the folder of a model"
    ),
    (
      "{picture: {width: 100}, generator: {kind: flux}}", [],
      "Error: the recipe's pictures of 100x1024 cannot be generated with 'flux': sides must be multiples of 16"
    ),
    (
      "{picture: {width: 30}, generator: {kind: drawn}}", [],
      "Error: the recipe's pictures of 30x1024 cannot be made smaller by 'real-esrgan-mild': sides must be multiples of 4"
    ),
    (
      "{picture: {latents: true}, generator: {kind: drawn}}", [],
      "Error: the recipe's 'picture.latents' asks for latents, which the generator 'drawn' does not have"
    ),
    (
      "{picture: {width: 96, height: 96}, generator: {kind: drawn}, selection: {metrics: [niqe]}}", [],
      "Error: making pairs of 96x96: measuring niqe-y of 96x96 pixels: it needs at least two blocks of 96x96"
    ),
    (
      "{generator: {kind: drawn}, selection: {metrics: [niqqe]}}", [],
      "Error: the recipe's 'selection.metrics': there is no metric 'niqqe'; did you mean 'niqe'? ('burnish score --list' names all)"
    ),
    (
      "{generator: {kind: drawn}, selection: {metrics: [psnr]}}", [],
      "Error: the recipe's 'selection.metrics' names 'psnr-y', which compares with a reference; generated pictures have none"
    ),
    (
      "{generator: {kind: drawn}, selection: {metrics: [musiq]}}", [],
      "Error: musiq-koniq needs weights that are not there."
    ),
    (
      "{generator: {kind: drawn}, degradation: {recipe: mixtur-x4}}", [],
      "Error: looking for the degradation recipe 'mixtur-x4': "
    ),
    (
      "generator: {kind: folder, folders: [nowhere]}", [],
      "Error: searching 'nowhere' for pictures: there is no such folder"
    ),
    ("generator: {kind: drawn}", ["--shard", "x"], "Error: --shard 'x' is not known; it takes I/N, such as 1/8"),
    (
      "generator: {kind: drawn}", ["--shard", "3/2"],
      "Error: taking share 3 of 2: shares are numbered from 1 to their number"
    ),
    ("generator: {kind: drawn}", ["--from", "3"], "Error: --from and --to belong together: give both, or neither"),
    ("generator: {kind: drawn}", ["--from", "3", "--to", "2"], "Error: --from 3 lies behind --to 2"),
    (
      "{seeds: {count: 5}, generator: {kind: drawn}}", ["--from", "3", "--to", "5"],
      "Error: taking the seeds 3 to 5: the recipe has 0 to 4"
    ),
    (
      "generator: {kind: drawn}", ["--shard", "1/2", "--finish"],
      "Error: --shard, --from with --to, and --finish exclude each other"
    ),
  ]

  @Test(arguments: refusals) func wrongUsage(recipe: String, arguments: [String], message: String) throws {
    let folder = try Self.folder(recipe)
    let outcome = try Program.run(["synthesize", "r.yaml"] + arguments, in: folder.path)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("pairs/dataset.json")))
  }

  @Test func otherTroubles() throws {
    let folder = try Self.folder(
      "{seeds: {count: 2}, picture: {width: 16, height: 16}, generator: {kind: drawn}, selection: {metrics: []}}")
    let absent = try Program.run(["synthesize", "nowhere.yaml"], in: folder.path)
    #expect(absent.status == 2 && absent.errors.hasPrefix("Error: cannot read the recipe 'nowhere.yaml': "))
    let early = try Program.run(["synthesize", "r.yaml", "--finish"], in: folder.path)
    #expect(early.status == 2)
    #expect(early.errors.contains("finishing the pairs in 'pairs': it has no dataset.json; make the pictures first"))
    let rank = try Program.run(
      ["synthesize", "r.yaml"], in: folder.path, environment: ["WORLD_SIZE": "2", "RANK": nil])
    #expect(rank.status == 2 && rank.errors.contains("WORLD_SIZE is 2, but RANK is no number from 0 to 1"))
    #expect(try Program.run(["synthesize", "r.yaml"], in: folder.path).status == 0)
    try folder.write(
      "{seeds: {count: 2}, picture: {width: 32, height: 16}, generator: {kind: drawn}, selection: {metrics: []}}".utf8,
      to: "r.yaml")
    let other = try Program.run(["synthesize", "r.yaml"], in: folder.path)
    #expect(other.status == 2)
    #expect(
      other.errors.contains(
        "going on with the pairs in 'pairs': they were made with other settings (width was 16 and is 32). Go back to those, "
          + "or name another 'output'"))
  }

  @Test func withoutWeightsNiqeIsTaken() throws {
    let folder = try Self.folder("{seeds: {count: 1}, picture: {width: 192, height: 96}, generator: {kind: drawn}}")
    let outcome = try Program.run(["synthesize", "r.yaml"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("warning: no weights of clipiqa, maniqa, musiq in "))
    #expect(outcome.errors.contains("; niqe is taken instead ('burnish score --list' says what is needed)"))
  }
}
