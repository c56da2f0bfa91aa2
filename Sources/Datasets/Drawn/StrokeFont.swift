/// A small alphabet of straight strokes, drawn for this project: enough to teach a network what letters look like.
enum StrokeFont {
  typealias Point = SIMD2<Double>

  /// Strokes of a glyph, separated by `|`; a point is a column 0 … 4 and a row 0 (top) … 8 (descenders), capitals standing on row 6.
  private static let glyphs: [Character: String] = [
    "A": "06 20 46|14 34", "B": "00 06 36 45 44 33 03|33 42 41 30 00", "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 44 42 20 00",
    "E": "40 00 06 46|03 33", "F": "40 00 06|03 33", "G": "41 30 10 01 05 16 36 45 43 23", "H": "00 06|40 46|03 43",
    "I": "10 30|20 26|16 36", "J": "40 45 36 16 05", "K": "00 06|40 03 46", "L": "00 06 46", "M": "06 00 23 40 46",
    "N": "06 00 46 40", "O": "10 30 41 45 36 16 05 01 10", "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10|24 46",
    "R": "06 00 30 41 42 33 03|23 46", "S": "41 30 10 01 02 13 33 44 45 36 16 05", "T": "00 40|20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40", "W": "00 16 23 36 40", "X": "00 46|40 06", "Y": "00 23 40|23 26", "Z": "00 40 06 46",
    "0": "10 30 41 45 36 16 05 01 10|14 32", "1": "11 20 26|16 36", "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 44 45 36 16 05|23 33", "4": "36 30 04 44", "5": "40 00 03 33 44 45 36 06",
    "6": "41 30 10 01 05 16 36 45 44 33 03", "7": "00 40 16", "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
    "9": "43 13 02 01 10 30 41 45 36 16", "a": "12 32 43 46|44 14 05 16 36 45", "b": "00 06 36 45 43 32 02",
    "c": "43 32 12 03 05 16 36 45", "d": "40 46 16 05 03 12 42", "e": "04 44 43 32 12 03 05 16 36 45",
    "f": "40 30 21 26|02 42",
    "g": "42 47 38 18 07|46 16 05 03 12 42", "h": "00 06|03 12 32 43 46", "i": "22 26|20 20", "j": "32 37 28 18|30 30",
    "k": "00 06|42 04 46", "l": "20 26", "m": "02 06|03 12 23 26|23 32 43 46", "n": "02 06|03 12 32 43 46",
    "o": "12 32 43 45 36 16 05 03 12", "p": "02 08|02 32 43 45 36 06", "q": "42 48|42 12 03 05 16 46",
    "r": "02 06|04 22 42",
    "s": "43 32 12 03 14 34 45 36 16 05", "t": "20 25 36 46|02 42", "u": "02 05 16 36 45|42 46", "v": "02 26 42",
    "w": "02 16 23 36 42", "x": "02 46|42 06", "y": "02 26|42 26 08", "z": "02 42 06 46", ".": "26 26", ",": "26 17",
    "-": "03 43", "+": "03 43|21 25", "/": "06 40", ":": "22 22|26 26", "!": "20 24|26 26", "(": "30 22 24 36",
    ")": "10 22 24 16",
  ]

  /// All characters, in an order that never changes.
  static let characters: [Character] = glyphs.keys.sorted()

  /// The strokes of each character in units of its height: capitals are 1 high and 2/3 wide.
  static let strokes: [Character: [[Point]]] = glyphs.mapValues { text in
    text.split(separator: "|").map { stroke in
      stroke.split(separator: " ").map { point in
        let digits = point.compactMap(\.wholeNumberValue)
        return Point(Double(digits.first ?? 0), Double(digits.last ?? 0)) / 6
      }
    }
  }

  /// From the left of one glyph to the left of the next, in units of its height.
  static let advance = 0.92
}
