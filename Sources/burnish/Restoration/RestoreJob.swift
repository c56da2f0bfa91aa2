internal import ArgumentParser
internal import Foundation
internal import Pictures

/// One picture to restore, and where it goes.
struct RestoreJob: Sendable, Hashable {
  /// The picture.
  let input: String
  /// The picture to write.
  let output: String

  /// Makes the list of pictures: folders are searched, their tree is mirrored under the output.
  /// - Throws: `ValidationError` for inputs that are not there and outputs that cannot be meant.
  static func collect(inputs: [String], output: String) throws -> [RestoreJob] {
    var isFolder: ObjCBool = false
    let outputExists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
    let outputIsFolder = outputExists && isFolder.boolValue
    var jobs: [RestoreJob] = []
    var seen: Set<String> = []
    let wantsFolder = inputs.count > 1 || inputs.contains(where: isDirectory) || outputIsFolder || output.hasSuffix("/")
    if wantsFolder, outputExists, !outputIsFolder {
      throw ValidationError("'\(output)' is a file, but several pictures need a folder to go to")
    }
    if !wantsFolder, PictureFormat(extensionOf: output) == nil {
      // A name without a picture's ending cannot be written; say which endings can.
      _ = try { do { return try PictureFormat.output(path: output) } catch { throw ValidationError("\(error)") } }()
    }
    func add(_ input: String, _ target: String) {
      let real = URL(fileURLWithPath: input).resolvingSymlinksInPath().path
      if seen.insert(real).inserted { jobs.append(RestoreJob(input: input, output: target)) }
    }
    for input in inputs {
      if isDirectory(input) {
        for name in try pictures(in: input, butNotIn: output) { add(join(input, name), join(output, outputName(name))) }
      } else if FileManager.default.fileExists(atPath: input) {
        let name = (input as NSString).lastPathComponent
        add(input, wantsFolder ? join(output, outputName(name)) : output)
      } else {
        throw ValidationError("there is no file or folder '\(input)'")
      }
    }
    try refuseCollisions(jobs)
    if jobs.isEmpty {
      throw ValidationError("no picture was found in \(inputs.map { "'\($0)'" }.joined(separator: ", "))")
    }
    return jobs
  }

  /// The same name with an ending that can be written.
  private static func outputName(_ name: String) -> String {
    guard let format = PictureFormat(extensionOf: name), format != .gif else {
      return (name as NSString).deletingPathExtension + ".png"
    }
    return name
  }

  private static func refuseCollisions(_ jobs: [RestoreJob]) throws {
    var sources: [String: String] = [:]
    for job in jobs {
      if let other = sources.updateValue(job.input, forKey: job.output) {
        throw ValidationError(
          "'\(other)' and '\(job.input)' would both be written to '\(job.output)'; restore them one at a time")
      }
      if URL(fileURLWithPath: job.input).resolvingSymlinksInPath()
        == URL(fileURLWithPath: job.output).resolvingSymlinksInPath()
      {
        throw ValidationError("'\(job.input)' would be overwritten by its own restoration; give another output")
      }
    }
  }

  /// Picture files below a folder, sorted; hidden files and the output folder itself left out.
  private static func pictures(in folder: String, butNotIn output: String) throws -> [String] {
    let outputPath = URL(fileURLWithPath: output).resolvingSymlinksInPath().path
    guard let walk = FileManager.default.enumerator(atPath: folder) else {
      throw ValidationError("the folder '\(folder)' cannot be read")
    }
    var names: [String] = []
    while let name = walk.nextObject() as? String {
      if (name as NSString).lastPathComponent.hasPrefix(".")
        || URL(fileURLWithPath: join(folder, name)).resolvingSymlinksInPath().path == outputPath
      {
        walk.skipDescendants()
        continue
      }
      if PictureFormat(extensionOf: name) != nil, !isDirectory(join(folder, name)) { names.append(name) }
    }
    return names.sorted()
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
