import Checkpoints
import Priors
import TestSupport
import Testing

struct TagListTests {
  private func read(names: String?, thresholds: String?) throws -> TagList {
    let folder = try TemporaryFolder()
    if let names { try folder.write(names.utf8, to: "ram_tag_list.txt") }
    if let thresholds { try folder.write(thresholds.utf8, to: "ram_tag_list_threshold.txt") }
    do {
      return try TagList(folder: folder.path, count: 3)
    } catch {
      throw CheckpointError(error.code, error.message.replacing(folder.path, with: "FOLDER"))
    }
  }

  @Test(arguments: [
    ("3D CG rendering\ncat\nelephant\n", "0.65\n0.8\n1.0\n"),
    ("\u{FEFF}3D CG rendering\r\ncat \r\nelephant", " 0.65\r\n0.8\r\n1"),
    ("3D CG rendering\ncat\nelephant\n\n\n", "0.65\n0.8\n1.0"),
  ])
  func readsNamesAndThresholds(names: String, thresholds: String) throws {
    let list = try read(names: names, thresholds: thresholds)
    #expect(list.names == ["3D CG rendering", "cat", "elephant"])
    #expect(list.thresholds == [0.65, 0.8, 1])
  }

  @Test func aTagIsOnAboveItsOwnThreshold() throws {
    let list = try TagList(names: ["a", "b", "c", "d"], thresholds: [0.5, 0.5, 1, 0.25])
    #expect(list.tags(scores: [0.5, 0.5000001, 1, 0.3]) == ["b", "d"])
    #expect(list.tags(scores: [0.9, 0, 1, 0.9]).joined(separator: TagList.separator) == "a, d")
    #expect(list.tags(scores: [0, 0, 0, 0]).joined(separator: TagList.separator) == "")
  }

  @Test(
    arguments: [
      (
        nil, "0.5\n0.5\n0.5",
        "opening the tagger's list 'FOLDER/ram_tag_list.txt': it cannot be read; the file must hold one tag a line, 3 in "
          + "all. It comes with the tagger's weights"
      ),
      (
        "a\nb\nc", nil,
        "opening the tagger's list 'FOLDER/ram_tag_list_threshold.txt': it cannot be read; the file must hold one number "
          + "a line, 3 in all. It comes with the tagger's weights"
      ),
      (
        "a\nb", "0.5\n0.5\n0.5",
        "reading 'FOLDER/ram_tag_list.txt': it has 2 lines; the file must hold one tag a line, 3 in all"
      ),
      (
        "a\nb\nc", "0.5\n0.5\n0.5\n0.5",
        "reading 'FOLDER/ram_tag_list_threshold.txt': it has 4 lines; the file must hold one number a line, 3 in all"
      ),
      (
        "a\n\nb\nc", "0.5\n0.5\n0.5",
        "reading 'FOLDER/ram_tag_list.txt': line 2 is empty; the file must hold one tag a line, 3 in all"
      ),
      (
        "a\nb\nc", "0.5\nhalf\n0.5",
        "reading 'FOLDER/ram_tag_list_threshold.txt': line 2 is 'half', not a number within 0…1; the file must hold one "
          + "number a line, 3 in all"
      ),
      (
        "a\nb\nc", "0.5\n0.5\nnan",
        "reading 'FOLDER/ram_tag_list_threshold.txt': line 3 is 'nan', not a number within 0…1; the file must hold one "
          + "number a line, 3 in all"
      ),
      (
        "a\nb\nc", "65\n0.5\n0.5",
        "reading 'FOLDER/ram_tag_list_threshold.txt': line 1 is '65', not a number within 0…1; the file must hold one "
          + "number a line, 3 in all"
      ),
    ] as [(String?, String?, String)])
  func saysWhichFileIsAmissAndWhatItMustHold(names: String?, thresholds: String?, words: String) throws {
    let error = #expect(throws: CheckpointError.self) { try read(names: names, thresholds: thresholds) }
    #expect(error?.message == words)
  }

  @Test func textOfAnotherEncodingIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write([0x61, 0xFF, 0xFE], to: "ram_tag_list.txt")
    let error = #expect(throws: CheckpointError.self) { try TagList(folder: folder.path, count: 1) }
    #expect(
      error?.message
        == "reading '\(folder.path)/ram_tag_list.txt': it is not UTF-8 text; the file must hold one tag a line, 1 in all"
    )
  }

  @Test func asManyThresholdsAsNames() throws {
    let error = #expect(throws: CheckpointError.self) { try TagList(names: ["a", "b"], thresholds: [0.5]) }
    #expect(error?.message == "making a tag list: 2 names, but 1 thresholds")
  }
}
