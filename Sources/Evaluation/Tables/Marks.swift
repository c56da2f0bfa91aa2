/// Which numbers of a block are the best and the second best.
enum Marks {
  /// Marks every column.
  ///
  /// * What looks equal in the table is equal: numbers are compared as they are printed, and equals share a mark.
  /// * A mean over fewer pictures than another row's is none of the same thing, and has no mark; nor has what is no number.
  /// * Of a single number nothing is best; of two different ones only the better is marked.
  static func set(_ block: inout ResultTable.Block) {
    for column in block.columns {
      let most = block.rows.compactMap { $0.values[column.name]?.count }.max() ?? 0
      let entries: [(row: Int, text: String, value: Double)] = block.rows.indices.compactMap { index in
        guard let value = block.rows[index].values[column.name], value.count == most, !value.mean.isNaN else {
          return nil
        }
        let text = column.text(value.mean)
        return (index, text, Double(text) ?? value.mean)
      }
      let ranking = Set(entries.map(\.value)).sorted(by: column.higherIsBetter ? (>) : (<))
      for index in block.rows.indices { block.rows[index].values[column.name]?.mark = nil }
      guard entries.count > 1, ranking.count > 1 else { continue }
      for entry in entries {
        if entry.value == ranking[0] { block.rows[entry.row].values[column.name]?.mark = .best }
        if entry.value == ranking[1], entries.count > 2 {
          block.rows[entry.row].values[column.name]?.mark = .second
        }
      }
    }
  }
}
