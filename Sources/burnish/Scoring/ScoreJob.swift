internal import ArgumentParser
internal import Foundation
internal import Pictures

/// One picture to measure, and what it is compared with.
struct ScoreJob: Sendable, Hashable {
  /// The picture.
  let image: String
  /// The picture to compare with.
  var reference: String?
  /// Why it cannot be measured or compared, where that is known already.
  var problem: String?

  /// Makes the list of pictures.
  /// - Parameters:
  ///   - inputs: Pictures, and folders, which are searched.
  ///   - reference: A picture for all of them, or a folder with pictures of the same relative names; endings may differ.
  /// - Throws: `ValidationError` for paths that are not there and folders without a picture.
  static func collect(inputs: [String], reference: String?) throws -> [ScoreJob] {
    for path in inputs + (reference.map { [$0] } ?? []) where !FileManager.default.fileExists(atPath: path) {
      throw ValidationError("there is no file or folder '\(path)'")
    }
    let index = try reference.map { try ReferenceIndex($0) }
    var jobs: [ScoreJob] = []
    for input in inputs {
      guard FilePath.isFolder(input) else {
        jobs.append(job(input, named: (input as NSString).lastPathComponent, index))
        continue
      }
      // Nothing is written, so nothing is left out.
      let search = PictureSearch(input, butNotIn: input)
      guard !search.names.isEmpty || !search.unreadable.isEmpty else {
        throw ValidationError("no picture was found in '\(input)'")
      }
      jobs += search.names.map { job(FilePath.joined(input, $0), named: $0, index) }
      jobs += search.unreadable.map {
        ScoreJob(
          image: $0.name.isEmpty ? input : FilePath.joined(input, $0.name),
          problem: "the folder cannot be searched: \($0.reason)")
      }
    }
    return jobs
  }

  private static func job(_ image: String, named name: String, _ index: ReferenceIndex?) -> ScoreJob {
    guard let index else { return ScoreJob(image: image) }
    switch index.find(name) {
    case .success(let reference): return ScoreJob(image: image, reference: reference)
    case .failure(let problem): return ScoreJob(image: image, problem: problem.description)
    }
  }
}

/// The pictures to compare with, by name.
struct ReferenceIndex {
  private let path: String
  /// Names without their endings, and the files of that name; nil for a single picture.
  private let names: [String: [String]]?

  init(_ path: String) throws {
    self.path = path
    guard FilePath.isFolder(path) else {
      names = nil
      return
    }
    let search = PictureSearch(path, butNotIn: path)
    guard !search.names.isEmpty else { throw ValidationError("no picture was found in the reference folder '\(path)'") }
    names = Dictionary(grouping: search.names) { ($0 as NSString).deletingPathExtension }
  }

  /// The reference of a picture.
  /// - Parameter name: Its path relative to the folder that was given.
  func find(_ name: String) -> Result<String, UsageError> {
    guard let names else { return .success(path) }
    let stem = (name as NSString).deletingPathExtension
    guard let found = names[stem] else {
      return .failure(UsageError("there is no reference for it in '\(path)', which has no picture '\(stem).*'"))
    }
    if found.contains(name) { return .success(FilePath.joined(path, name)) }
    guard found.count == 1 else {
      return .failure(
        UsageError("'\(path)' has several pictures for it: \(found.sorted().joined(separator: ", "))"))
    }
    return .success(FilePath.joined(path, found[0]))
  }
}
