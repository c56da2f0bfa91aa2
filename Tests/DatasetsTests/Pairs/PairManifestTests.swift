import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Manifests as others read them.
struct PairManifestTests {
  private func finished() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try SmallSet(folder: folder.path).run(0..<20)
    return folder
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try finished()
    let manifest = try PairManifest(folder: folder.path)
    #expect(manifest.records.map(\.seed) == Array(0..<20))
    #expect(manifest.pairs.allSatisfy { $0.kept == true && $0.hq != nil && $0.lq != nil })
    #expect(manifest.pairs.count == manifest.description.selection?.kept)
    let written = try #require(FileManager.default.contents(atPath: folder.file("manifest.jsonl")))
    #expect(try PairManifest.bytes(manifest.records) == Array(written))
  }

  @Test func damagedFilesAreNamed() throws {
    let folder = try finished()
    let manifest = try PairManifest(folder: folder.path)
    let record = try #require(manifest.pairs.first)
    let (hq, lq) = (try #require(record.hq), try #require(record.lq))
    try FileManager.default.removeItem(atPath: folder.file(hq.path))
    var bytes = Array(try #require(FileManager.default.contents(atPath: folder.file(lq.path))))
    bytes[20] ^= 1
    try folder.write(bytes, to: lq.path)
    #expect(
      manifest.problems(in: record) == ["\(hq.path) is not there", "\(lq.path) is not the file that was written"])
    try folder.write(bytes.dropLast(), to: lq.path)
    #expect(
      manifest.problems(in: record).last == "\(lq.path) has \(lq.bytes - 1) bytes; the manifest says \(lq.bytes)")
  }

  @Test func unfinishedAndForeignFoldersAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect(
      words { try PairManifest(folder: folder.path) } == "reading the pairs in '\(folder.path)': it has no dataset.json"
    )
    _ = try SmallSet(folder: folder.path).synthesis().make(SeedShard(all: 0..<1))
    #expect(
      words { try PairManifest(folder: folder.path) }
        == "reading the pairs in '\(folder.path)': it has no manifest.jsonl, so it is not finished; 'burnish synthesize' goes "
        + "on with it")
    let path = folder.file("dataset.json")
    let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    try folder.write(text.replacing("burnish-pairs-1", with: "burnish-pairs-9").utf8, to: "dataset.json")
    #expect(
      words { try PairManifest(folder: folder.path) }
        == "reading '\(path)': its format is 'burnish-pairs-9'; this version reads 'burnish-pairs-1'")
    try folder.write("{}".utf8, to: "dataset.json")
    #expect(
      words { try PairManifest(folder: folder.path) }.hasPrefix("reading '\(path)': it is no description of pairs ("))
  }

  @Test(arguments: [
    ("{", "line 3: "), ("", "line 3: "), ("{\"seed\":-1}", "line 3: "),
    (
      "{\"flaws\":[],\"hq\":{\"bytes\":1,\"path\":\"../../etc/passwd\",\"sha256\":\"\"},\"reasons\":[],\"scores\":{},\"seed\":1,\"settings\":\"\"}",
      "line 3: the path '../../etc/passwd' does not lie in the data set's folder"
    ),
    (
      "{\"flaws\":[],\"hq\":{\"bytes\":1,\"path\":\"/etc/passwd\",\"sha256\":\"\"},\"reasons\":[],\"scores\":{},\"seed\":1,\"settings\":\"\"}",
      "line 3: the path '/etc/passwd' does not lie in the data set's folder"
    ),
  ])
  func badLinesAreNamed(line: String, message: String) throws {
    let folder = try finished()
    var lines = String(
      decoding: try #require(FileManager.default.contents(atPath: folder.file("manifest.jsonl"))), as: UTF8.self
    ).split(separator: "\n").map(String.init)
    lines[2] = line
    try folder.write((lines.joined(separator: "\n") + "\n").utf8, to: "manifest.jsonl")
    let words = words { try PairManifest(folder: folder.path) }
    #expect(words.hasPrefix("reading '\(folder.file("manifest.jsonl"))', \(message)"), "\(words)")
  }

  @Test func aManifestThatIsCutShortIsRefused() throws {
    let folder = try finished()
    let bytes = try #require(FileManager.default.contents(atPath: folder.file("manifest.jsonl")))
    try folder.write(bytes.dropLast(), to: "manifest.jsonl")
    let words = words { try PairManifest(folder: folder.path) }
    #expect(words == "reading '\(folder.file("manifest.jsonl"))', line 20: it is cut short")
  }
}
