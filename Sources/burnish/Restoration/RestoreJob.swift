internal import ArgumentParser
internal import Foundation
internal import Pictures

/// One picture to restore, or to do something else with, and where it goes.
struct RestoreJob: Sendable, Hashable {
  /// The picture.
  let input: String
  /// The picture's path below the folder that was given, or its file name.
  let name: String
  /// The picture to write.
  let output: String
  /// Why it cannot be restored, where that is known already.
  var problem: String?

  /// What messages call the work.
  struct Work {
    var verb = "restore"
    var noun = "restoration"
  }

  /// Makes the list of pictures: folders are searched, their tree is mirrored under the output.
  /// - Parameters:
  ///   - work: What messages call the work.
  ///   - outputName: The name of what is made of a picture.
  /// - Throws: `ValidationError` for inputs that are not there and outputs that cannot be meant.
  static func collect(
    inputs: [String], output: String, work: Work = Work(), outputName: (String) -> String = Self.writableName
  ) throws -> [RestoreJob] {
    guard !output.isEmpty else { throw ValidationError("the output is an empty name; give one with -o") }
    for input in inputs where !FileManager.default.fileExists(atPath: input) {
      throw ValidationError("there is no file or folder '\(input)'")
    }
    let outputIsFolder = FilePath.isFolder(output)
    let needsFolder = inputs.count > 1 || inputs.contains(where: FilePath.isFolder)
    let hasFolder = needsFolder || outputIsFolder || output.hasSuffix("/")
    if hasFolder, !outputIsFolder {
      if FileManager.default.fileExists(atPath: output) {
        throw ValidationError("'\(output)' is a file, but several pictures need a folder to go to")
      }
      if PictureFormat(extensionOf: output) != nil, !output.hasSuffix("/") {
        throw ValidationError(
          "several pictures need a folder to go to, and '\(output)' is a picture's name; write '\(output)/' if a folder is meant"
        )
      }
    }
    // A name without a picture's ending cannot be written; say which endings can.
    if !hasFolder {
      do { _ = try PictureFormat.output(path: output) } catch { throw ValidationError(ErrorText.of(error)) }
    }
    var jobs: [RestoreJob] = []
    for input in inputs {
      if FilePath.isFolder(input) {
        let search = PictureSearch(input, butNotIn: output)
        jobs += search.names.map {
          RestoreJob(
            input: FilePath.joined(input, $0), name: $0, output: FilePath.joined(output, outputName($0)))
        }
        jobs += search.unreadable.map {
          RestoreJob(
            input: $0.name.isEmpty ? input : FilePath.joined(input, $0.name), name: $0.name,
            output: FilePath.joined(output, $0.name), problem: "the folder cannot be searched: \($0.reason)")
        }
      } else {
        let name = (input as NSString).lastPathComponent
        jobs.append(
          RestoreJob(
            input: input, name: name, output: hasFolder ? FilePath.joined(output, outputName(name)) : output))
      }
    }
    guard !jobs.isEmpty else {
      throw ValidationError("no picture was found in \(inputs.map { "'\($0)'" }.joined(separator: ", "))")
    }
    return try withoutCollisions(jobs, work)
  }

  /// The same name, with an ending that can be written.
  private static func writableName(_ name: String) -> String {
    if (try? PictureFormat.output(path: name)) != nil { return name }
    return (name as NSString).deletingPathExtension + ".png"
  }

  /// Leaves out what was named twice.
  /// - Throws: `ValidationError` where one picture would take the place of another.
  private static func withoutCollisions(_ jobs: [RestoreJob], _ work: Work) throws -> [RestoreJob] {
    let inputs = Dictionary(
      jobs.map { (FilePath.identity($0.input), $0.input) }, uniquingKeysWith: { first, _ in first })
    var sources: [String: String] = [:]
    return try jobs.filter { job in
      let place = FilePath.resolved(job.output)
      if let other = sources.updateValue(job.input, forKey: place) {
        if FilePath.identity(other) == FilePath.identity(job.input) { return false }
        throw ValidationError(
          "'\(other)' and '\(job.input)' would both be written to '\(job.output)'; \(work.verb) them one at a time")
      }
      guard let overwritten = inputs[FilePath.identity(job.output)] else { return true }
      throw ValidationError(
        overwritten == job.input
          ? "'\(job.input)' would be overwritten by its own \(work.noun); give another output"
          : "'\(overwritten)' would be overwritten by the \(work.noun) of '\(job.input)'; give another output")
    }
  }
}
