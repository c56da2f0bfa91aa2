public import Restorers
public import Torch

/// Everything that an evaluation is to do: data sets × cases × rows.
public struct EvaluationPlan: Sendable {
  /// A data set and what is done to its pictures.
  public struct Group: Sendable {
    /// The pictures.
    public let dataset: EvaluationDataset
    /// Where low-quality ones come from.
    public let sample: EvaluationCase

    /// A data set and a case.
    public init(_ dataset: EvaluationDataset, _ sample: EvaluationCase) {
      self.dataset = dataset
      self.sample = sample
    }
  }

  /// Blocks of the table.
  public var groups: [Group]
  /// Rows of each block.
  public var runs: [EvaluationRun]
  /// Fixes everything random.
  public var seed: UInt64 = 0
  /// How colours are held to the input's.
  public var colorFix: ColorFix = .wavelet
  /// 1 stays closest to the input; nil is each model's own balance.
  public var fidelity: Double?
  /// How many times larger pictures without references become.
  public var scale = 4
  /// Bytes that a restoration may take; nil decides by what the machine has free.
  public var memory: Int?
  /// Where to compute.
  public var device: Device = .cpu
  /// The type of the networks' arithmetic.
  public var dtype: DType = .float32
  /// How many pictures of each block the page shows.
  public var shown = 6
  /// Whether every restored picture stays in the report folder, or those only that the page shows.
  public var keepsPictures = true
  /// The program's name and version, for the records.
  public var program: String

  /// A plan.
  /// - Parameters:
  ///   - groups: Blocks of the table.
  ///   - runs: Rows of each block.
  ///   - program: The program's name and version.
  /// - Throws: `EvaluationError` when there is nothing to do.
  public init(groups: [Group], runs: [EvaluationRun], program: String) throws(EvaluationError) {
    guard !groups.isEmpty else { throw EvaluationError(.argument, "there is no data set or no recipe to evaluate") }
    guard !runs.isEmpty else { throw EvaluationError(.argument, "there is no model to evaluate") }
    self.groups = Self.apart(groups)
    self.runs = Self.apart(runs)
    self.program = program
  }

  /// Folders of one name get numbers, so that tables and files keep them apart.
  private static func apart(_ groups: [Group]) -> [Group] {
    var seen: [String: Int] = [:]
    return groups.map { group in
      var dataset = group.dataset
      let count = seen["\(dataset.name)\n\(group.sample.name)", default: 0] + 1
      seen["\(dataset.name)\n\(group.sample.name)"] = count
      if count > 1 { dataset.name += " \(count)" }
      return Group(dataset, group.sample)
    }
  }

  /// Different models of one name get numbers; what was named twice is done once.
  private static func apart(_ runs: [EvaluationRun]) -> [EvaluationRun] {
    var sources: [String: [String]] = [:]
    var seen: Set<String> = []
    return runs.compactMap { run in
      var run = run
      let known = sources[run.model] ?? []
      let position = known.firstIndex(of: run.source) ?? known.count
      if position == known.count { sources[run.model] = known + [run.source] }
      if position > 0 { run.model += " (\(position + 1))" }
      return seen.insert(run.label).inserted ? run : nil
    }
  }

  /// The pictures that the page shows: spread evenly over the list, and few enough that the page stays a page.
  func shownItems(of group: Group) -> [EvaluationDataset.Item] {
    let most = Self.pageLimit / max(groups.count * (runs.count + 2), 1)
    let items = group.dataset.items.filter { $0.problem == nil }
    let count = min(shown, max(most, 1), items.count)
    return (0..<count).map { items[$0 * items.count / count] }
  }

  /// Pictures in a page, about 60 kB each.
  private static let pageLimit = 400
}
