import Foundation
import TestSupport
import Testing
import Training

struct TrainingLogTests {
  private func text(_ folder: TemporaryFolder) throws -> String {
    try String(contentsOfFile: folder.file("log"), encoding: .utf8)
  }

  @Test func linesAreObjectsWithSortedKeys() throws {
    let folder = try TemporaryFolder()
    let log = try TrainingLog(path: folder.file("log"), from: 0)
    try log.write(["step": 1, "loss": 0.5])
    try log.write(["step": 2, "loss": .infinity, "blur/gain@1": -.infinity])
    #expect(try text(folder) == "{\"loss\":0.5,\"step\":1}\n{\"blur/gain@1\":null,\"loss\":null,\"step\":2}\n")
  }

  @Test func aNewRunBeginsANewLog() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"step\":1}\n".utf8, to: "log")
    _ = try TrainingLog(path: folder.file("log"), from: 0)
    #expect(try text(folder) == "")
  }

  /// Lines of later steps, half a line, and bytes that are no text.
  @Test func aResumedRunKeepsWhatItHasDone() throws {
    let folder = try TemporaryFolder()
    let kept = "{\"loss\":1,\"step\":1}\n{\"step\":2}\n{\"score\":3,\"step\":2}\n"
    try folder.write(
      Array(kept.utf8) + Array("{\"step\":3}\nnot json\n{\"loss\":4}\n".utf8) + [0xFF, 0xFE, 0x0A]
        + Array("{\"step\":".utf8),
      to: "log")
    let log = try TrainingLog(path: folder.file("log"), from: 2)
    #expect(try text(folder) == kept)
    try log.write(["step": 3])
    #expect(try text(folder) == kept + "{\"step\":3}\n")
  }

  @Test func aLogThatCannotBeWrittenIsNamed() throws {
    let path = try TemporaryFolder().file("none") + "/log"
    let error = #expect(throws: TrainingError.self) { try TrainingLog(path: path, from: 0) }
    #expect(error?.code == .state)
    #expect(error?.message.hasPrefix("opening the log '\(path)': it cannot be written (") == true)
  }
}
