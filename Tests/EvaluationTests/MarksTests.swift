import Testing

@testable import Evaluation

/// Which numbers of a column are marked.
struct MarksTests {
  private func marks(
    _ means: [Double?], higherIsBetter: Bool = true, name: String = "psnr-y", counts: [Int]? = nil
  ) -> [String] {
    let column = ResultTable.Column(name: name, higherIsBetter: higherIsBetter, isReferenced: true)
    let rows = means.enumerated().map { index, mean in
      var row = ResultTable.Row(model: "m\(index)", steps: nil)
      row.values[name] = mean.map { ResultTable.Value(mean: $0, ci95: nil, count: counts?[index] ?? 10) }
      return row
    }
    var block = ResultTable.Block(dataset: "d", sample: "s", pictures: 10, columns: [column], rows: rows)
    Marks.set(&block)
    return block.rows.map { $0.values[name]?.mark?.rawValue ?? "-" }
  }

  @Test func bestAndSecond() {
    #expect(marks([20, 30, 25]) == ["-", "best", "second"])
    #expect(marks([20, 30, 25], higherIsBetter: false) == ["best", "-", "second"])
    #expect(marks([20, nil, 25, 10]) == ["second", "-", "best", "-"])
  }

  /// What is printed alike is marked alike.
  @Test func equals() {
    #expect(marks([30.001, 30.004, 29]) == ["best", "best", "second"])
    #expect(marks([30, 29.001, 29.002, 28]) == ["best", "second", "second", "-"])
    #expect(marks([0.3001, 0.3002, 0.5], higherIsBetter: false, name: "lpips-alex") == ["best", "second", "-"])
    #expect(marks([30, 30, 30]) == ["-", "-", "-"])
  }

  @Test func fewNumbers() {
    #expect(marks([30]) == ["-"])
    #expect(marks([30, nil]) == ["-", "-"])
    #expect(marks([30, 20]) == ["best", "-"])
  }

  @Test func meansOverFewerPicturesAndNoNumbers() {
    #expect(marks([40, 30, 25], counts: [9, 10, 10]) == ["-", "best", "-"])
    #expect(marks([.nan, 30, 25, 20]) == ["-", "best", "second", "-"])
    #expect(marks([.infinity, 30, 25]) == ["best", "second", "-"])
  }
}
