import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Folders in, folders out.
struct FolderTests {
  static func sample(_ format: PictureFormat = .png) throws -> [UInt8] {
    try Samples.picture(8, 6).encoded(as: format).bytes
  }

  /// A tree with all that lies about in people's folders.
  static func album() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["a.png", "B.PNG", "deep/er/c.png", "with space/d é.png", "named.png/e.png"] {
      try folder.write(sample(), to: "album/" + name)
    }
    try folder.write(sample(.jpeg), to: "album/photo.JPEG")
    // GIF is read by its ending and written as PNG; this one is a PNG by its contents.
    try folder.write(sample(), to: "album/old.gif")
    try folder.write("no picture".utf8, to: "album/broken.jpg")
    for name in ["notes.txt", "Thumbs.db", ".hidden.png", ".git/f.png", "deep/.DS_Store", "sub/.burnish-1.part"] {
      try folder.write(sample(), to: "album/" + name)
    }
    try FileManager.default.createSymbolicLink(atPath: folder.file("album/loop"), withDestinationPath: ".")
    try FileManager.default.createSymbolicLink(atPath: folder.file("album/link.png"), withDestinationPath: "a.png")
    return folder
  }

  static let restored = [
    "B.PNG", "a.png", "deep/er/c.png", "link.png", "named.png/e.png", "old.png", "photo.JPEG", "with space/d é.png",
  ]

  /// Files only.
  static func files(_ folder: String) -> [String] {
    tree(folder).filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  @Test func aTreeIsMirrored() throws {
    let folder = try Self.album()
    let arguments = [
      "restore", "album", "-o", "out/of/here", "--scale", "2", "--steps", "1", "--json", "--threads", "1",
    ]
    let first = try Program.run(arguments, in: folder.path)
    // One is broken: it is named, the others are finished.
    #expect(first.status == 1)
    #expect(Self.files(folder.file("out/of/here")) == Self.restored)
    let failed = first.events("failed")
    #expect(failed.count == 1 && failed.first?["input"] as? String == "album/broken.jpg")
    #expect((failed.first?["error"] as? String)?.contains("it is not a picture of a known kind") == true)
    #expect(first.events("begin").first?["count"] as? Int == 9)
    #expect(first.events("done").count == 8)
    // Pictures are counted as they come, the broken one too.
    #expect(first.events("start").compactMap { $0["index"] as? Int } == [0, 1, 3, 4, 5, 6, 7, 8])
    let end = try #require(first.events("end").first)
    #expect(end["done"] as? Int == 8 && end["failed"] as? Int == 1 && end["skipped"] as? Int == 0)
    for name in Self.restored {
      let picture = try Picture.header(path: folder.file("out/of/here/" + name))
      #expect(picture.width == 16 && picture.height == 12, "\(name)")
    }
    #expect(try Picture.header(path: folder.file("out/of/here/photo.JPEG")).format == .jpeg)

    // The second time, finished pictures are skipped; a missing one is made.
    try FileManager.default.removeItem(atPath: folder.file("out/of/here/a.png"))
    try FileManager.default.removeItem(atPath: folder.file("album/broken.jpg"))
    let second = try Program.run(arguments, in: folder.path)
    #expect(second.status == 0)
    #expect(second.events("skipped").count == 7 && second.events("done").count == 1)
    #expect(Self.files(folder.file("out/of/here")) == Self.restored)
  }

  /// The output inside the input is not taken for an input the next time.
  @Test func theOutputInsideTheInput() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.sample(), to: "a.png")
    for _ in 1...2 {
      let outcome = try Program.run(["restore", ".", "-o", "restored", "--steps", "1"], in: folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(Self.files(folder.path) == ["a.png", "restored/a.png"])
    }
  }

  @Test func severalInputs() throws {
    let folder = try TemporaryFolder()
    for name in ["a.png", "x/b.png", "y/c.png"] { try folder.write(Self.sample(), to: name) }
    let outcome = try Program.run(
      ["restore", "a.png", "x", "./y/c.png", "y/../a.png", "-o", "out", "--steps", "1"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Self.files(folder.file("out")) == ["a.png", "b.png", "c.png"])
    #expect(outcome.errors.contains("restoring 3 pictures with starter (1 step)"))
    #expect(outcome.errors.contains("3 done in "))
  }

  /// A folder of the output's name is no finished picture.
  @Test func aFolderInTheWay() throws {
    let folder = try TemporaryFolder()
    for name in ["in/a.png", "in/b.png", "out/a.png/x"] { try folder.write(Self.sample(), to: name) }
    for option in [[], ["--overwrite"]] {
      let outcome = try Program.run(["restore", "in", "-o", "out", "--steps", "1"] + option, in: folder.path)
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains("in/a.png: failed: Could not write 'out/a.png': it is a folder. Give another name."))
    }
    #expect(Self.files(folder.file("out")) == ["a.png/x", "b.png"])
  }

  @Test func aFolderThatCannotBeSearched() throws {
    // The system's own user may look everywhere.
    guard geteuid() != 0 else { return }
    let folder = try TemporaryFolder()
    for name in ["in/a.png", "in/locked/b.png"] { try folder.write(Self.sample(), to: name) }
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.file("in/locked"))
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("in/locked"))
    }
    let outcome = try Program.run(["restore", "in", "-o", "out", "--steps", "1"], in: folder.path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("in/locked: failed: the folder cannot be searched"))
    #expect(Self.files(folder.file("out")) == ["a.png"])
  }

  /// A link to a folder is followed when it is what the user names.
  @Test func aLinkToAFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.sample(), to: "real/a.png")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "real")
    let outcome = try Program.run(["restore", "link", "-o", "out/", "--steps", "1"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Self.files(folder.file("out")) == ["a.png"])
  }

  /// Without an argument a picture is drawn; one that is there already is the user's.
  @Test func thePictureToTryWith() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(["restore"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(tree(folder.path) == ["demo-original.png", "demo-restored.png", "demo.png"])
    let restored = try Picture.read(path: folder.file("demo-restored.png"))
    #expect(restored.width == 512 && restored.height == 512)

    let other = try TemporaryFolder()
    let own = try Self.sample()
    try other.write(own, to: "demo.png")
    #expect(try Program.run(["restore"], in: other.path).status == 0)
    #expect(try contents(other.file("demo.png")) == own)
    #expect(try Picture.read(path: other.file("demo-restored.png")).width == 32)
  }

  /// Foundation's own function for the folder of a path ended the program on such a name.
  @Test func aFolderOfOneLetter() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.sample(), to: "in.png")
    let outcome = try Program.run(["restore", "in.png", "-o", "r/out.png"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(tree(folder.path) == ["in.png", "r", "r/out.png"])
  }
}
