import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Places that cannot be written, and disks that run full.
struct DiskTests {
  /// A limit on the size of files stands for a full disk: 16 blocks of 512 bytes (1024 in some shells), less than the
  /// picture takes.
  @Test(arguments: ["png", "jpg", "tif", "webp"]) func aFullDisk(ending: String) throws {
    let folder = try TemporaryFolder()
    try Samples.picture(48, 40, bitDepth: 16).write(path: folder.file("in.png"))
    try folder.write([7], to: "out." + ending)
    let outcome = try Program.run(
      ["restore", "in.png", "-o", "out." + ending, "--overwrite", "--steps", "1", "--scale", "8", "--quality", "100"],
      in: folder.path, shell: "ulimit -f 16; exec \"$@\"")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("in.png: failed: Could not write 'out.\(ending)'"), "\(outcome.errors)")
    // What was there before is as it was, and no part is left.
    #expect(try contents(folder.file("out." + ending)) == [7])
    #expect(tree(folder.path) == ["in.png", "out." + ending].sorted())
  }

  @Test func theWordsForAFullDisk() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(48, 40).write(path: folder.file("in.png"))
    let outcome = try Program.run(
      ["restore", "in.png", "-o", "out.png", "--steps", "1", "--scale", "8"], in: folder.path,
      shell: "ulimit -f 16; exec \"$@\"")
    #expect(outcome.errors.contains("Free some space, or choose another disk."), "\(outcome.errors)")
    #expect(tree(folder.path) == ["in.png"])
  }

  @Test func aFolderWithoutPermission() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    var place = folder.file("locked")
    if geteuid() == 0 {
      // The system's own user may write everywhere but where the kernel makes the files.
      place = "/proc"
      guard FileManager.default.fileExists(atPath: place) else { return }
    } else {
      try FileManager.default.createDirectory(
        atPath: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
    }
    for name in ["/out.png", "/deep/out.png"] {
      let outcome = try Program.run(["restore", "in.png", "-o", place + name], in: folder.path)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Could not write '\(place)\(name)': no file can be made in '\(place)'"))
      #expect(outcome.errors.contains("Choose a place that this user may write to."))
      // Known before the work.
      #expect(!outcome.errors.contains("step 1"))
    }
  }

  /// Messages go nowhere, the picture is made all the same: with both closed, files that are opened get their numbers.
  @Test func closedOutputs() throws {
    let folder = try TemporaryFolder()
    try Samples.picture(8, 8).write(path: folder.file("in.png"))
    for (index, shell) in ["exec \"$@\" >&- 2>&-", "exec \"$@\" <&- 2>&- ", "exec \"$@\" > /dev/full 2>&1"].enumerated()
    {
      if shell.contains("/dev/full"), !FileManager.default.fileExists(atPath: "/dev/full") { continue }
      let outcome = try Program.run(
        ["restore", "in.png", "-o", "\(index).png", "--steps", "1", "--json"], in: folder.path, shell: shell)
      #expect(outcome.status == 0)
      #expect(try Picture.read(path: folder.file("\(index).png")).width == 32)
    }
  }
}
