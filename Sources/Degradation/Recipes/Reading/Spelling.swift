/// Words that were probably meant.
public enum Spelling {
  /// The known word with the fewest changed letters, when at most half have to change.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let ranked = known.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
    guard let (candidate, changes) = ranked, changes * 2 <= max(word.count, candidate.count) else { return nil }
    return candidate
  }

  /// Levenshtein's distance: the fewest letters to insert, delete or exchange.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let changed = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
