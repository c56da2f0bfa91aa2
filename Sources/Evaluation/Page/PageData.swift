/// What the page's comparison shows, as its script reads it.
struct PageData: Encodable {
  struct Layer: Encodable {
    let name: String
    /// A data URI.
    let source: String
    /// As the table writes them, by the metrics' names; nil for what is not measured.
    let scores: [String: String]?
  }

  struct Picture: Encodable {
    let name: String
    /// Sides of what is shown, in pixels of the result.
    let width: Int
    let height: Int
    /// Input, rows, reference.
    let layers: [Layer]
  }

  struct Block: Encodable {
    let title: String
    let metrics: [ResultTable.Column]
    let pictures: [Picture]
  }

  let blocks: [Block]

  static let inputName = "input"
  static let referenceName = "reference"
}

/// The part of a picture that a page shows at full size.
struct ShownWindow: Equatable {
  let left, top, width, height: Int

  /// Sides of the part: as large as people compare at once, and small enough for a page.
  static let side = 512

  /// The middle of a picture, at places that are whole pixels of the low-quality picture too where sizes allow.
  init(width: Int, height: Int, lowWidth: Int, lowHeight: Int) {
    let factor =
      lowWidth > 0 && width % lowWidth == 0 && lowHeight * (width / lowWidth) == height ? width / lowWidth : 1
    func whole(_ value: Int) -> Int { value / factor * factor }
    self.width = max(whole(min(width, Self.side)), min(factor, width))
    self.height = max(whole(min(height, Self.side)), min(factor, height))
    left = whole((width - self.width) / 2)
    top = whole((height - self.height) / 2)
  }

  private init(left: Int, top: Int, width: Int, height: Int) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  /// The same part of the low-quality picture.
  func scaled(from width: Int, _ height: Int, to lowWidth: Int, _ lowHeight: Int) -> ShownWindow {
    let (across, down) = (Double(lowWidth) / Double(width), Double(lowHeight) / Double(height))
    let (x, y) = (Int((Double(left) * across).rounded()), Int((Double(top) * down).rounded()))
    return ShownWindow(
      left: x, top: y, width: min(max(1, Int((Double(self.width) * across).rounded())), lowWidth - x),
      height: min(max(1, Int((Double(self.height) * down).rounded())), lowHeight - y))
  }
}
