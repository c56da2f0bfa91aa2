internal import Degradation

/// One way to come to low-quality pictures: a block of the papers' tables.
public struct EvaluationCase: Sendable {
  /// Where low-quality pictures come from.
  public enum Source: Sendable {
    /// They are made from the references.
    case recipe(EvaluationRecipe)
    /// They are files of their own.
    case given
  }

  /// Where low-quality pictures come from.
  public let source: Source
  /// Which part of the reference is taken first.
  public let crop: CropRule

  /// A case.
  public init(_ source: Source, crop: CropRule = .none) {
    self.source = source
    self.crop = crop
  }

  /// The name in tables: `mixture-x4 (centre 512)`.
  public var name: String {
    let base =
      switch source {
      case .recipe(let recipe): recipe.name
      case .given: "given"
      }
    return crop.place == .none ? base : "\(base) (\(crop.label))"
  }
}

/// Cases that papers report, ready-made.
public enum EvaluationProtocol: String, CaseIterable, Sendable {
  /// The four cases of AddSR on the middle 512×512.
  case addsr
  /// The Restoration Adapter paper's three settings at 1024×1024.
  case adapter
  /// The first of them: the middle, degraded as for Real-ESRGAN.
  case adapterCentre = "adapter-centre"
  /// The second: the middle, eight times smaller by MATLAB's bicubic and nothing else.
  case adapterDown8 = "adapter-down8"
  /// The third: a random place, degraded as for Real-ESRGAN.
  case adapterRandom = "adapter-random"

  /// The protocol of a name.
  /// - Throws: `EvaluationError` that lists the names, with the nearest.
  public static func named(_ name: String) throws(EvaluationError) -> EvaluationProtocol {
    if let found = EvaluationProtocol(rawValue: name) { return found }
    let names = allCases.map(\.rawValue)
    let nearest = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw EvaluationError(
      .argument, "there is no protocol '\(name)' (there are \(names.joined(separator: ", ")))\(nearest)")
  }

  /// What is measured.
  ///
  /// The papers do not say all of it. AddSR: 512×512 of DIV2K's validation set; that it is the middle is our reading. Restoration
  /// Adapter: the names of the settings and 1024×1024; where its degradation is not said, it is Real-ESRGAN's.
  /// - Throws: `EvaluationError` where a recipe is not there.
  public func cases() throws(EvaluationError) -> [EvaluationCase] {
    switch self {
    case .addsr:
      var cases: [EvaluationCase] = []
      for name in ["bicubic-x4", "blur-x4", "noise-x4", "mixture-x4"] {
        cases.append(EvaluationCase(.recipe(try .find(name)), crop: CropRule(.centre, side: 512)))
      }
      return cases
    case .adapter:
      return try Self.adapterCentre.cases() + Self.adapterDown8.cases() + Self.adapterRandom.cases()
    case .adapterCentre:
      return [EvaluationCase(.recipe(try .find("real-esrgan")), crop: CropRule(.centre, side: 1024, enlarges: true))]
    case .adapterDown8:
      let recipe = EvaluationRecipe(DegradationRecipe(name: "bicubic-x8", scale: 8))
      return [EvaluationCase(.recipe(recipe), crop: CropRule(.centre, side: 1024, enlarges: true))]
    case .adapterRandom:
      return [EvaluationCase(.recipe(try .find("real-esrgan")), crop: CropRule(.random, side: 1024, enlarges: true))]
    }
  }
}
