import Degradation
import Foundation
import Restorers
import TestSupport
import Testing

@testable import Evaluation

/// Whole evaluations of two small pictures: what is written, and what is computed again.
struct EvaluatorTests {
  @Test func writesEverything() throws {
    let bench = try Bench()
    let summary = try bench.run()
    #expect(summary.done == 12 && summary.failed == 0 && summary.finished == 0 && !summary.interrupted)
    #expect(bench.failures.isEmpty)
    let object = try bench.json()
    let blocks = try #require(object["blocks"] as? [[String: Any]])
    #expect(blocks.map { $0["case"] as? String } == ["bicubic-x4", "mixture-x4"])
    let rows = try #require(blocks[0]["rows"] as? [[String: Any]])
    #expect(rows.map { $0["model"] as? String } == ["tiny", "tiny", "bicubic"])
    #expect(rows.map { $0["steps"] as? Int } == [1, 2, nil])
    for row in rows {
      let values = try #require(row["values"] as? [String: [String: Any]])
      #expect(values.keys.sorted() == ["psnr-y", "ssim-y"] && values["psnr-y"]?["count"] as? Int == 2)
      #expect((row["seconds_median"] as? Double ?? 0) > 0 && (row["memory_peak"] as? Int ?? 0) > 1_000_000)
    }
    // Every picture is there, with scores, and the low-quality ones too.
    let cells = try #require(object["cells"] as? [[String: Any]])
    #expect(cells.count == 6 && cells.allSatisfy { ($0["images"] as? [Any])?.count == 2 })
    for kind in ["low", "tiny-1", "tiny-2", "bicubic"] {
      let picture = try PlainFiles().decodeRGB8(
        path: bench.folder.file("report/pictures/data/mixture-x4/\(kind)/b.png"))
      #expect((picture.width, picture.height) == (kind == "low" ? (24, 16) : (96, 64)))
    }
    #expect(try bench.text("results.csv").split(separator: "\n").count == 7)
    #expect(try bench.text("images.csv").split(separator: "\n").count == 13)
    let page = try bench.text("index.html")
    #expect(page.contains("data:image/plain;base64,") && !page.contains("{{") && page.contains("</html>"))
    #expect(!page.contains("http://") && !page.contains("https://"))
  }

  /// The numbers are those of the parts: MATLAB's bicubic of what `burnish degrade` makes, measured by the metric.
  @Test func bicubicIsThePlainComparison() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    bench.metrics = ["psnr-rgb"]
    try bench.run()
    let decoded = try PlainFiles().decodeRGB8(path: bench.folder.file("data/a.png"))
    let image = try PlanarImage(rgb8: decoded.pixels, width: decoded.width, height: decoded.height)
    let low = try image.resized(factor: 0.25, .matlabBicubic).quantised()
    let large = try low.resized(width: 96, height: 64, .matlabBicubic).bytes8()
    let error = zip(large, decoded.pixels).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    let psnr = 10 * log10(255 * 255 * Double(large.count) / error)
    let line = try #require(
      bench.text("images.csv").split(separator: "\n").first { $0.hasPrefix("data,bicubic-x4,bicubic,,a.png,") })
    let found = try #require(Double(line.split(separator: ",", omittingEmptySubsequences: false)[5]))
    #expect(abs(found - psnr) < 1e-9)
  }

  @Test func finishedCellsStay() throws {
    let bench = try Bench()
    try bench.run()
    let before = try bench.text("results.csv")
    let again = try bench.run()
    #expect(again.done == 0 && again.finished == 12 && bench.done.isEmpty && bench.restored.isEmpty)
    #expect(try bench.text("results.csv") == before)

    // A row more: that row alone.
    bench.runs.append(try Bench.starter(bench.folder, steps: 3))
    let more = try bench.run()
    #expect(more.done == 4 && more.finished == 12 && bench.done.allSatisfy { $0.contains("tiny-3") })
  }

  /// A model's own number of steps stands in the table, and stays known when nothing is loaded.
  @Test func stepsOfTheModelItself() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    bench.runs = [EvaluationRun(bench.runs[0].method, model: "tiny", steps: nil), bench.runs[2]]
    for _ in 0..<2 {
      try bench.run()
      let lines = try bench.text("results.csv").split(separator: "\n")
      #expect(lines[1].hasPrefix("data,bicubic-x4,tiny,4,") && lines[2].hasPrefix("data,bicubic-x4,bicubic,,"))
    }
  }

  @Test func changedOptionsComputeAnew() throws {
    let bench = try Bench(recipes: ["mixture-x4"])
    try bench.run()
    let before = try bench.text("images.csv")
    bench.change = { $0.seed = 1 }
    #expect(try bench.run().done == 6)
    #expect(try bench.text("images.csv") != before)
    // Bicubic has neither colour fix nor fidelity.
    bench.change = {
      $0.seed = 1
      $0.colorFix = .none
    }
    #expect(try bench.run().done == 4)
    #expect(bench.done.allSatisfy { $0.contains("tiny") })
    bench.change = {
      $0.seed = 1
      $0.colorFix = .none
      $0.program = "test 2"
    }
    #expect(try bench.run().done == 6)
  }

  @Test func changedFilesComputeAnew() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    try bench.run()
    try bench.folder.write(PlainFiles.sample(96, 64, 7), to: "data/b.png")
    #expect(try bench.run().done == 3)
    #expect(bench.done.allSatisfy { $0.hasSuffix("b.png") })
    // Another training of the model, of the same name and size.
    let weights = bench.folder.file("model/unet/diffusion_pytorch_model.safetensors")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    bytes[bytes.count - 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: weights))
    #expect(try bench.run().done == 4)
    #expect(bench.done.allSatisfy { $0.contains("tiny") })
    // A restored picture that is gone.
    try FileManager.default.removeItem(atPath: bench.folder.file("report/pictures/data/bicubic-x4/tiny-2/a.png"))
    try bench.run()
    #expect(bench.done == ["bicubic-x4, tiny-2: a.png"])
    // A damaged record is no record.
    try bench.folder.write("{\"key\":".utf8, to: "report/cells/data/bicubic-x4/tiny-1.json")
    try bench.run()
    #expect(bench.done == ["bicubic-x4, tiny-1: a.png", "bicubic-x4, tiny-1: b.png"])
  }

  /// Another metric measures the pictures that are there.
  @Test func anotherMetricRestoresNothing() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    try bench.run()
    bench.metrics = ["psnr-y", "psnr-rgb"]
    #expect(try bench.run().done == 6)
    #expect(bench.restored.isEmpty)
    #expect(try bench.text("results.csv").hasPrefix("dataset,case,model,steps,pictures,missing,psnr-y,psnr-y ci95,"))
    // Without the pictures they are restored again, to the same numbers.
    let before = try bench.text("results.md").split(separator: "\n").filter { $0.hasPrefix("| tiny") }
    #expect(before.count == 2)
    bench.metrics = ["psnr-y", "psnr-rgb", "ssim-rgb"]
    try FileManager.default.removeItem(atPath: bench.folder.file("report/pictures"))
    try bench.run()
    #expect(bench.restored.count == 4)
  }

  @Test func goesOnWhereItStopped() throws {
    let whole = try Bench()
    try whole.run()
    let bench = try Bench()
    // Within the third picture or so, at a step of the network.
    bench.stop = { $0 > 12 }
    let first = try bench.run()
    #expect(first.interrupted && first.done > 0 && first.done < 12)
    #expect(try bench.text("index.html").contains("stopped before its end"))
    #expect((try bench.json()["about"] as? [String: Any])?["is_complete"] as? Bool == false)
    bench.stop = { _ in false }
    let second = try bench.run()
    #expect(second.finished == first.done && second.done == 12 - first.done && !second.interrupted)
    // Times and memory differ, numbers do not.
    func numbers(_ bench: Bench) throws -> [[Substring]] {
      try bench.text("images.csv").split(separator: "\n").map {
        Array($0.split(separator: ",", omittingEmptySubsequences: false).prefix(7))
      }
    }
    #expect(try numbers(bench) == numbers(whole))
  }

  @Test func finishesTheOthers() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    try bench.folder.write("nothing".utf8, to: "data/c.png")
    try bench.folder.write(PlainFiles.sample(3, 40, 1), to: "data/d.png")
    let dataset = try EvaluationDataset(references: bench.folder.file("data"), butNotIn: bench.folder.file("report"))
    bench.groups = [EvaluationPlan.Group(dataset, bench.groups[0].sample)]
    bench.runs.append(try Bench.starter(bench.folder, steps: 9))
    let summary = try bench.run()
    #expect(summary.done == 6 && summary.failed == 6 + 4)
    #expect(bench.failures.contains { $0.contains("c.png: '\(bench.folder.file("data/c.png"))' is no picture") })
    #expect(
      bench.failures.contains(
        "bicubic: d.png: it has 3x40 pixels, too few to be made 4 times smaller; take a larger picture"))
    #expect(bench.failures.contains("tiny-9: 4: 9 steps: the model 'tiny' has at most 4 steps"))
    let table = try bench.text("results.md")
    #expect(table.contains("* tiny, 1 step: 2 of 4 pictures are missing"))
    #expect(table.contains("* tiny, 9 steps: 9 steps: the model 'tiny' has at most 4 steps"))
    // What failed is tried again, and nothing else.
    #expect(try bench.run().done == 0)
    try bench.folder.write(PlainFiles.sample(64, 64, 2), to: "data/c.png")
    #expect(try bench.run().done == 3)
  }

  @Test func keepsShownPicturesOnly() throws {
    let bench = try Bench(recipes: ["bicubic-x4"])
    bench.change = {
      $0.shown = 1
      $0.keepsPictures = false
    }
    try bench.run()
    let kept = FileManager.default.enumerator(atPath: bench.folder.file("report/pictures"))?.allObjects as? [String]
    #expect(kept?.filter { $0.hasSuffix(".png") }.count == 4)
    #expect(try bench.run().done == 0)
  }

  // MARK: Pictures that are given

  @Test func pairsAndPicturesAlone() throws {
    let bench = try Bench()
    try bench.folder.write(PlainFiles.sample(24, 16, 0), to: "low/a.webp")
    try bench.folder.write(PlainFiles.sample(24, 15, 0), to: "low/b.png")
    try bench.folder.write(PlainFiles.sample(24, 16, 0), to: "low/z.png")
    try bench.folder.write(PlainFiles.sample(96, 64, 0), to: "data/only.png")
    let (data, low, report) = (bench.folder.file("data"), bench.folder.file("low"), bench.folder.file("report"))
    bench.groups = [
      EvaluationPlan.Group(
        try EvaluationDataset(references: data, low: low, butNotIn: report), EvaluationCase(.given))
    ]
    bench.runs = [EvaluationRun(.bicubic, model: "bicubic", steps: nil)]
    let summary = try bench.run()
    #expect(summary.done == 1 && summary.failed == 3)
    #expect(
      bench.failures.contains(
        "bicubic: b.png: '\(low)/b.png' has 24x15 pixels and its reference '\(data)/b.png' has 96x64; "
          + "a reference must be the same number of times larger along both sides"))
    #expect(bench.failures.contains { $0.contains("z.png: there is no reference for it in '\(data)'") })
    #expect(bench.failures.contains { $0.contains("only.png: there is no low-quality picture for it in '\(low)'") })

    // Alone: no column that compares, and a size of its own.
    bench.metrics = ["psnr-y", "niqe-y"]
    bench.groups = [
      EvaluationPlan.Group(try EvaluationDataset(low: low, butNotIn: report), EvaluationCase(.given))
    ]
    bench.change = { $0.scale = 8 }
    try bench.folder.write(PlainFiles.sample(30, 30, 0), to: "low/a.webp")
    try bench.run()
    #expect(try bench.text("results.md").contains("| model | steps | niqe-y ↓ | s / picture | memory |"))
    #expect(try bench.text("images.csv").contains(",240,240,"))
  }

  @Test func noPairAtAll() throws {
    let folder = try TemporaryFolder()
    try folder.write([0], to: "a/one.png")
    try folder.write([0], to: "b/two.png")
    #expect(throws: EvaluationError.self) {
      try EvaluationDataset(references: folder.file("a"), low: folder.file("b"), butNotIn: "report")
    }
    // The report's own pictures are none of the data set.
    try folder.write([0], to: "c/report/three.png")
    let error = #expect(throws: EvaluationError.self) {
      try EvaluationDataset(references: folder.file("c"), butNotIn: folder.file("c/report"))
    }
    #expect(error?.message.contains("there are none beside those of the report folder") == true)
  }
}
