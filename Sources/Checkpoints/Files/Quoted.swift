extension String {
  /// The text in single quotes for a message: control characters spelled out, long text cut, since it may come from a
  /// hostile file.
  var quoted: String {
    var text = ""
    for scalar in unicodeScalars.prefix(Self.longestQuotation) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    let isCut = unicodeScalars.index(startIndex, offsetBy: Self.longestQuotation, limitedBy: endIndex).map {
      $0 < endIndex
    }
    return isCut == true ? "'\(text)…'" : "'\(text)'"
  }

  /// Room for a path or a checkpoint key.
  private static let longestQuotation = 400
}

extension [String] {
  /// The first four in single quotes for a message, with an ellipsis where there are more.
  var quotedList: String { prefix(4).map(\.quoted).joined(separator: ", ") + (count > 4 ? ", …" : "") }
}
