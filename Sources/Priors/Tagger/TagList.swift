public import Checkpoints
internal import Foundation

/// Names of tags, and the score that each has to exceed.
///
/// Both are the data of RAM's authors and come with the weights, as two text files.
public struct TagList: Sendable, Hashable {
  /// The tags' names, in the order of the tagger's rows.
  public let names: [String]
  /// A tag is on when its score (0…1) is above this: never, for a threshold of 1.
  public let thresholds: [Float]

  /// The file of names: one a line.
  public static let namesFile = "ram_tag_list.txt"
  /// The file of thresholds: one number a line.
  public static let thresholdsFile = "ram_tag_list_threshold.txt"
  /// What stands between tags in a prompt.
  public static let separator = ", "

  /// A list in memory.
  /// - Throws: `CheckpointError` when there are not as many thresholds as names.
  public init(names: [String], thresholds: [Float]) throws(CheckpointError) {
    guard names.count == thresholds.count else {
      throw CheckpointError(.mismatch, "making a tag list: \(names.count) names, but \(thresholds.count) thresholds")
    }
    self.names = names
    self.thresholds = thresholds
  }

  /// Reads the two files of a folder, under their authors' names.
  public init(folder: String, count: Int) throws(CheckpointError) {
    try self.init(
      namesPath: "\(folder)/\(Self.namesFile)", thresholdsPath: "\(folder)/\(Self.thresholdsFile)", count: count)
  }

  /// Reads the two files.
  /// - Parameters:
  ///   - namesPath: The file of names.
  ///   - thresholdsPath: The file of thresholds.
  ///   - count: The tagger's number of tags: the rows of `label_embed`.
  /// - Throws: `CheckpointError` that names the file which is absent or amiss, and what it must hold.
  public init(namesPath: String, thresholdsPath: String, count: Int) throws(CheckpointError) {
    let names = try Self.lines(namesPath, count: count, holding: "one tag a line")
    let numbers = try Self.lines(thresholdsPath, count: count, holding: "one number a line")
    var thresholds: [Float] = []
    for (index, text) in numbers.enumerated() {
      guard let number = Float(text), (0...1).contains(number) else {
        throw CheckpointError(
          .malformed,
          "reading '\(thresholdsPath)': line \(index + 1) is '\(text.prefix(40))', not a number within "
            + "0…1; the file must hold one number a line, \(count) in all")
      }
      thresholds.append(number)
    }
    try self.init(names: names, thresholds: thresholds)
  }

  /// The tags that are on.
  /// - Parameter scores: One for each tag, 0…1.
  /// - Returns: Their names, in the list's order.
  public func tags(scores: [Float]) -> [String] {
    zip(names, zip(scores, thresholds)).filter { $0.1.0 > $0.1.1 }.map(\.0)
  }

  /// The file's lines without surrounding blanks. An empty line would move all tags behind it, so there may be none but at
  /// the end.
  private static func lines(
    _ path: String, count: Int, holding content: String
  ) throws(CheckpointError) -> [String] {
    let need = "the file must hold \(content), \(count) in all"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CheckpointError(
        .unreadable,
        "opening the tagger's list '\(path)': it cannot be read; \(need). It comes with the tagger's weights")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CheckpointError(.malformed, "reading '\(path)': it is not UTF-8 text; \(need)")
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\u{FEFF}"))) }
    while lines.last == "" { lines.removeLast() }
    if let empty = lines.firstIndex(of: "") {
      throw CheckpointError(.malformed, "reading '\(path)': line \(empty + 1) is empty; \(need)")
    }
    guard lines.count == count else {
      throw CheckpointError(.mismatch, "reading '\(path)': it has \(lines.count) lines; \(need)")
    }
    return lines
  }
}
