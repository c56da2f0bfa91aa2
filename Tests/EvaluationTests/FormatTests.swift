import Foundation
import Testing

@testable import Evaluation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Markdown, CSV, the plane and the page, of a table made by hand.
struct FormatTests {
  private let table: ResultTable = {
    let columns = [
      ResultTable.Column(name: "psnr-y", higherIsBetter: true, isReferenced: true),
      ResultTable.Column(name: "niqe-y", higherIsBetter: false, isReferenced: false),
    ]
    var first = ResultTable.Row(model: "a,b|c<d>", steps: 4)
    first.values = [
      "psnr-y": ResultTable.Value(mean: 27.126, ci95: 0.5, count: 3),
      "niqe-y": ResultTable.Value(mean: 4.5, ci95: nil, count: 2),
    ]
    (first.secondsMedian, first.memoryPeak, first.done, first.missing) = (0.5, 1_250_000_000, 2, 1)
    var second = ResultTable.Row(model: "bicubic", steps: nil)
    second.values = ["psnr-y": ResultTable.Value(mean: .infinity, ci95: nil, count: 3)]
    second.done = 3
    var third = ResultTable.Row(model: "broken", steps: 1)
    third.problem = "it said \"no\""
    var block = ResultTable.Block(
      dataset: "set", sample: "mixture-x4", pictures: 3, columns: columns, rows: [first, second, third])
    Marks.set(&block)
    return ResultTable(blocks: [block])
  }()

  @Test func markdown() {
    let lines = TableFormats.markdown(table, about: ["seed: 3"]).split(separator: "\n").map(String.init)
    #expect(lines.contains("## set · mixture-x4"))
    #expect(lines.contains("| model | steps | psnr-y ↑ | niqe-y ↓ | s / picture | memory |"))
    #expect(lines.contains("| --- | ---: | ---: | ---: | ---: | ---: |"))
    #expect(lines.contains("| a,b\\|c&lt;d> | 4 | 27.13 | 4.500 (of 2) | 0.50 | 1.25 GB |"))
    #expect(lines.contains("| bicubic | – | **inf** | – | – | – |"))
    #expect(lines.contains("* a,b\\|c&lt;d>, 4 steps: 1 of 3 pictures are missing"))
    #expect(lines.contains("* broken, 1 step: it said \"no\"") && lines.last == "* seed: 3")
  }

  @Test func csv() {
    let lines = TableFormats.csv(table).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "dataset,case,model,steps,pictures,missing,psnr-y,psnr-y ci95,psnr-y mark,niqe-y,niqe-y ci95,niqe-y mark,"
          + "seconds median,memory peak,problem",
        "set,mixture-x4,\"a,b|c<d>\",4,2,1,27.126,0.5,,4.5,,,0.5,1250000000,",
        "set,mixture-x4,bicubic,,3,0,inf,,best,,,,,,",
        "set,mixture-x4,broken,1,0,0,,,,,,,,,\"it said \"\"no\"\"\"",
      ])
  }

  /// Better is to the right and up, whatever the metrics' directions.
  @Test func thePlane() throws {
    func point(_ name: String, _ psnr: Double, _ niqe: Double) -> ResultTable.Row {
      var row = ResultTable.Row(model: name, steps: nil)
      row.values = [
        "psnr-y": ResultTable.Value(mean: psnr, ci95: nil, count: 1),
        "niqe-y": ResultTable.Value(mean: niqe, ci95: nil, count: 1),
      ]
      return row
    }
    var block = table.blocks[0]
    block.rows = [point("near", 30, 7), point("sharp & <clear>", 25, 4)]
    let plot = try #require(ScatterPlot(block, y: block.columns[1]))
    let svg = plot.svg(title: "x < y", isHidden: false)
    let circles = svg.matches(of: /<circle cx="([0-9.]+)" cy="([0-9.]+)"/).map {
      (Double($0.1) ?? 0, Double($0.2) ?? 0)
    }
    #expect(circles.count == 2 && circles[0].0 > circles[1].0)
    // Less NIQE is better, thus higher up, thus a smaller y.
    #expect(circles[1].1 < circles[0].1)
    #expect(svg.contains("sharp &amp; &lt;clear&gt;") && svg.contains("x &lt; y"))
    let document = XMLParser(data: Data(svg.replacing(" hidden", with: "").utf8))
    #expect(document.parse())
    // Nothing to draw.
    #expect(ScatterPlot(table.blocks[0], y: table.blocks[0].columns[1])?.points.count == 1)
    block.rows = []
    #expect(ScatterPlot(block, y: block.columns[1]) == nil)
  }

  @Test(arguments: [[1.0, 2.0], [25.31, 25.32], [7, 7], [0.0001, 0.0004], [-3, 900]]) func axes(values: [Double]) {
    let scale = ScatterPlot.Scale(values, turned: false)
    #expect(values.allSatisfy { (0...1).contains(scale.part($0)) })
    #expect((3...8).contains(scale.ticks.count), "\(scale.ticks)")
    #expect(Set(scale.ticks.map(scale.label)).count == scale.ticks.count)
  }

  @Test func thePageCannotBeBrokenByNames() throws {
    let evil = "</script><script>alert(1)</script>"
    let data = PageData(
      blocks: [
        PageData.Block(
          title: evil, metrics: table.blocks[0].columns,
          pictures: [
            PageData.Picture(
              name: evil + "{{script}}", width: 1, height: 1,
              layers: [PageData.Layer(name: "input", source: "data:,", scores: nil)])
          ])
      ])
    var named = table
    named.blocks[0].rows[0] = ResultTable.Row(model: evil, steps: nil)
    let page = try Page(table: named, data: data, about: [(evil, evil)], lead: "lead").html()
    #expect(!page.contains(evil) && page.contains("\\u003c/script>"))
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.contains("default-src 'none'"))
  }
}
