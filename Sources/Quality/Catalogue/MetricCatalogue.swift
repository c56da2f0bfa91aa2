/// Every metric that there is, by name.
public enum MetricCatalogue {
  /// All metrics, in the order in which they are listed.
  public static let entries: [MetricEntry] = classic + natural + perceptual + learned + sets

  /// A metric and the border to cut, as one word asks for them.
  public struct Choice: Sendable {
    /// The metric.
    public let entry: MetricEntry
    /// Pixels cut from each side.
    public let border: Int
    /// The word.
    public let word: String
  }

  /// The metric of a name.
  /// - Parameters:
  ///   - word: A name or an alias; with `-crop4` at its end the border of this metric alone.
  ///   - border: Cut where the word does not say, from metrics that can.
  /// - Throws: `QualityError` for an unknown name, with the nearest one, and for a border where none can be cut.
  public static func choose(_ word: String, border: Int = 0) throws(QualityError) -> Choice {
    let name = word.lowercased()
    if let entry = entry(named: name) { return Choice(entry: entry, border: entry.cutsBorder ? border : 0, word: word) }
    let (base, ownBorder) = MetricName.parse(name)
    if let ownBorder, let entry = entry(named: base) {
      guard entry.cutsBorder else {
        throw QualityError(.configuration, "\(entry.name) has no form with a border cut off, as '\(word)' asks for")
      }
      return Choice(entry: entry, border: ownBorder, word: word)
    }
    let names = entries.flatMap { [$0.name] + $0.aliases }
    let nearest = names.min { distance(base, $0) < distance(base, $1) } ?? ""
    let hint = distance(base, nearest) <= max(2, base.count / 3) ? "; did you mean '\(nearest)'?" : ""
    throw QualityError(.configuration, "there is no metric '\(word)'" + hint)
  }

  private static func entry(named name: String) -> MetricEntry? {
    entries.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// Letters to add, take away or change on the way from one word to another (Levenshtein 1966).
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        (diagonal, row[j + 1]) = (
          row[j + 1], min(min(row[j], row[j + 1]) + 1, diagonal + (letter == other ? 0 : 1))
        )
      }
    }
    return row[b.count]
  }
}
