import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite struct HostileFileTests {
  @Test(arguments: HostileFile.all) func isRefusedWithItsReason(_ hostile: HostileFile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, to: "a.safetensors")
    let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    #expect(error.code == hostile.code)
    #expect(error.message.hasPrefix("Could not open '\(path)': "))
    #expect(error.message.contains(hostile.words), "\(error.message)")
    #expect(error.message.count < 1500)
  }

  /// The house's own example of how a message is worded.
  @Test func aCutDownloadIsCalledSo() throws {
    let folder = try TemporaryFolder()
    let whole = SafetensorsBytes.one("F32", "[16]", "[0,64]", buffer: 64)
    let path = try folder.write(whole.dropLast(40), to: "a.safetensors")
    let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    #expect(error.code == .truncated)
    let start = whole.count - 64
    #expect(
      error.message
        == "Could not open '\(path)': tensor 'x' claims bytes \(start)..<\(whole.count) of a \(whole.count - 40)-byte file; "
        + "the download is probably cut short, run `burnish models verify`.")
  }

  @Test func everyPrefixOfASoundFileIsRefused() throws {
    let folder = try TemporaryFolder()
    let whole = SafetensorsBytes.one("F32", "[2]", "[0,8]")
    for count in 0..<whole.count {
      let path = try folder.write(whole.prefix(count), to: "a.safetensors")
      let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
      #expect(error?.code == .truncated, "\(count) bytes: \(error?.message ?? "")")
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for (path, words) in [
      (folder.path, "it is a folder; name a checkpoint file."),
      (pipe, "it is not a regular file"),
      (folder.file("nothing.safetensors"), "there is no such file; check the name, or fetch the model"),
      (folder.file("nothing/a.safetensors"), "there is no such file"),
      ("", "there is no such file"),
    ] {
      let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
      #expect(error.code == .unreadable)
      #expect(error.message.hasPrefix("Could not open '\(path)': \(words)"), "\(error.message)")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func aForbiddenFileIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(SafetensorsBytes.file("{}"), to: "a.safetensors")
    #expect(chmod(path, 0) == 0)
    let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    #expect(error.message.contains("you have no permission to read it"))
  }
}
