internal import Datasets
internal import Foundation

/// Pictures to measure with: good ones, low-quality ones, or pairs of both.
public struct EvaluationDataset: Sendable {
  /// One picture of it.
  public struct Item: Sendable, Hashable {
    /// Its path below the folder.
    public let name: String
    /// The same without ending, where no other picture has that; the name of what is written.
    public var stem: String
    /// The good picture's file.
    public var reference: String?
    /// The low-quality picture's file, where it is given.
    public var low: String?
    /// Why it cannot be used, where that is known already.
    public var problem: String?
  }

  /// The name in tables: the folder's.
  public var name: String
  /// The pictures, sorted by name.
  public let items: [Item]
  /// Whether there are references to compare with.
  public let hasReferences: Bool
  /// Whether low-quality pictures are given.
  public let hasLow: Bool

  /// Good pictures.
  /// - Parameters:
  ///   - folder: Searched recursively.
  ///   - output: A folder that is left out when it lies inside.
  /// - Throws: `EvaluationError` when there is no picture.
  public init(references folder: String, butNotIn output: String) throws(EvaluationError) {
    let files = try Self.search(folder, butNotIn: output)
    self.init(
      folder, files.names.map { Item(name: $0, stem: "", reference: files.path(of: $0)) }, references: true, low: false)
  }

  /// Low-quality pictures without references.
  /// - Throws: `EvaluationError` when there is no picture.
  public init(low folder: String, butNotIn output: String) throws(EvaluationError) {
    let files = try Self.search(folder, butNotIn: output)
    self.init(
      folder, files.names.map { Item(name: $0, stem: "", low: files.path(of: $0)) }, references: false, low: true)
  }

  /// Pairs: pictures of the same relative names, whatever the endings.
  /// - Throws: `EvaluationError` when there is no picture, or none of one folder has its like in the other.
  public init(references: String, low: String, butNotIn output: String) throws(EvaluationError) {
    let (good, poor) = (
      try Self.search(references, butNotIn: output), try Self.search(low, butNotIn: output)
    )
    let originals = Dictionary(grouping: good.names, by: Self.stem)
    var items: [Item] = []
    var used: Set<String> = []
    for name in poor.names {
      var item = Item(name: name, stem: "", low: poor.path(of: name))
      let found = originals[Self.stem(name)] ?? []
      used.formUnion(found)
      if found.count == 1 || found.contains(name) {
        item.reference = good.path(of: found.contains(name) ? name : found[0])
      } else {
        item.problem =
          found.isEmpty
          ? "there is no reference for it in '\(references)', which has no picture '\(Self.stem(name)).*'"
          : "'\(references)' has several pictures for it: \(found.sorted().joined(separator: ", "))"
      }
      items.append(item)
    }
    guard items.contains(where: { $0.problem == nil }) else {
      throw EvaluationError(
        .argument,
        "no picture of '\(low)' has one of the same name in '\(references)'; pairs have the same names, whatever the endings"
      )
    }
    for name in good.names where !used.contains(name) {
      items.append(
        Item(
          name: name, stem: "", reference: good.path(of: name),
          problem: "there is no low-quality picture for it in '\(low)', which has no picture '\(Self.stem(name)).*'"))
    }
    self.init(references, items.sorted { $0.name < $1.name }, references: true, low: true)
  }

  private init(_ folder: String, _ items: [Item], references: Bool, low: Bool) {
    let counts = Dictionary(grouping: items) { Self.stem($0.name) }.mapValues(\.count)
    self.items = items.map { item in
      var item = item
      let stem = Self.stem(item.name)
      item.stem = counts[stem] == 1 ? stem : item.name
      return item
    }
    let last = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    name = last.isEmpty || last == "/" ? "data" : last
    hasReferences = references
    hasLow = low
  }

  private func replacing(items: [Item]) -> EvaluationDataset {
    EvaluationDataset(name: name, items: items, hasReferences: hasReferences, hasLow: hasLow)
  }

  private init(name: String, items: [Item], hasReferences: Bool, hasLow: Bool) {
    self.name = name
    self.items = items
    self.hasReferences = hasReferences
    self.hasLow = hasLow
  }

  /// The first pictures by name.
  public func limited(to count: Int?) -> EvaluationDataset {
    count.map { replacing(items: Array(items.prefix($0))) } ?? self
  }

  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

  private struct Files {
    let folder: PictureFolder
    let names: [String]

    func path(of name: String) -> String { folder.path(of: name) }
  }

  private static func search(_ folder: String, butNotIn output: String) throws(EvaluationError) -> Files {
    let found: PictureFolder
    do { found = try PictureFolder(folder) } catch let error as DatasetError {
      throw EvaluationError(.argument, error.message)
    } catch {
      throw EvaluationError(.argument, "searching '\(folder)' for pictures: \(error)")
    }
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    let (root, excluded) = (resolved(folder), resolved(output))
    let names = found.names.filter { !(root + "/" + $0).hasPrefix(excluded + "/") }
    guard !names.isEmpty else {
      throw EvaluationError(
        .argument, "searching '\(folder)' for pictures: there are none beside those of the report folder '\(output)'")
    }
    return Files(folder: found, names: names)
  }
}
