internal import ArgumentParser
internal import Checkpoints
internal import Foundation

/// One checkpoint to import, and where it goes.
struct ImportJob {
  let source: String
  let target: String

  /// Where files go when nothing is said.
  static var defaultFolder: String { FilePath.joined(ModelLocator.home, "imported") }

  /// The checkpoints at a path.
  /// - Parameters:
  ///   - path: A checkpoint, or a folder of checkpoints.
  ///   - output: A folder, or a file's name for one checkpoint; nil is the default folder.
  ///   - suffix: Behind the names of the files that are written; a folder is one checkpoint then.
  /// - Throws: `ValidationError` when there is nothing, or something would be overwritten by something else.
  static func collect(_ path: String, output: String?, suffix: String? = nil) throws -> [ImportJob] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ValidationError("there is no file or folder '\(path)'")
    }
    let folder = output ?? defaultFolder
    let jobs: [ImportJob]
    if suffix != nil || !FilePath.isFolder(path) {
      let target =
        folder.hasSuffix(".safetensors") && !FilePath.isFolder(folder)
        ? folder : FilePath.joined(folder, newName((path as NSString).lastPathComponent, suffix: suffix ?? ""))
      jobs = [ImportJob(source: path, target: target)]
    } else {
      jobs = checkpoints(in: path).map {
        ImportJob(source: FilePath.joined(path, $0), target: FilePath.joined(folder, newName($0)))
      }
      guard !jobs.isEmpty else {
        throw ValidationError("no checkpoint (.pth, .pt, .ckpt, .bin) was found in '\(path)'")
      }
    }
    try check(jobs)
    return jobs
  }

  /// `sub/model.bin.index.json`, `sub/model.pth` and `sub/model.safetensors` all become `sub/model.safetensors`.
  private static func newName(_ name: String, suffix: String = "") -> String {
    let ends = [".bin.index.json", ".safetensors.index.json", ".safetensors", ".pth", ".pt", ".ckpt", ".bin"]
    let end = ends.first(where: name.hasSuffix) ?? ""
    return name.dropLast(end.count) + suffix + ".safetensors"
  }

  /// Relative paths, sorted. Shards are part of their index.
  private static func checkpoints(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let visible = found.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
    let indices = visible.filter { $0.hasSuffix(".bin.index.json") }
    let sharded = Set(indices.map { ($0 as NSString).deletingLastPathComponent })
    let files = visible.filter { name in
      let isShard = name.contains("-of-") && sharded.contains((name as NSString).deletingLastPathComponent)
      let path = FilePath.joined(folder, name)
      return !isShard && !FilePath.isFolder(path) && TorchFile.isNamedAsOne(path)
    }
    return (indices + files).sorted()
  }

  private static func check(_ jobs: [ImportJob]) throws {
    var sources: [String: String] = [:]
    for job in jobs {
      if FilePath.identity(job.source) == FilePath.identity(job.target) {
        throw ValidationError("'\(job.source)' would be overwritten by its own import; give another output")
      }
      if let other = sources.updateValue(job.source, forKey: job.target) {
        throw ValidationError(
          "'\(other)' and '\(job.source)' would both be written to '\(job.target)'; import them one at a time")
      }
    }
  }
}
