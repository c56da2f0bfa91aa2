internal import Torch

/// An AdamW for each group of parameters, as one.
struct GroupedOptimiser {
  private struct Part {
    let group: ParameterGroup
    /// Where its parameters stand among those of its phase.
    let places: [Int]
    let names: [String]
    let optimiser: AdamW
  }

  private let parts: [Part]
  /// Where the parameters of each phase stand among all, ascending.
  private let phases: [[Int]]

  /// - Throws: `TrainingError` for a parameter that no group takes, and for a group that takes none.
  init(_ parameters: TrainableParameters, _ groups: [ParameterGroup], _ recipe: OptimiserRecipe) throws {
    var members: [[Int]] = groups.map { _ in [] }
    var phases: [[Int]] = Array(repeating: [], count: (groups.map(\.phase).max() ?? 0) + 1)
    for (index, name) in parameters.names.enumerated() {
      guard let owner = groups.firstIndex(where: { $0.takes(name) }) else {
        throw TrainingError(.state, "preparing the optimiser: no group of parameters takes '\(name)'")
      }
      members[owner].append(index)
      phases[groups[owner].phase].append(index)
    }
    self.phases = phases
    parts = try zip(groups, members).map { group, indices in
      guard !indices.isEmpty else {
        throw TrainingError(.state, "preparing the optimiser: the group '\(group.name)' has no parameters")
      }
      let places = Dictionary(uniqueKeysWithValues: phases[group.phase].enumerated().map { ($1, $0) })
      return Part(
        group: group, places: indices.compactMap { places[$0] }, names: indices.map { parameters.names[$0] },
        optimiser: try AdamW(indices.map { parameters.tensors[$0] }, settings: recipe.settings))
    }
  }

  var phaseCount: Int { phases.count }

  /// Where the parameters of a phase stand among all.
  func indices(phase: Int) -> [Int] { phases[phase] }

  /// Of a list for all parameters, what is averaged and written.
  func averaged<Value>(_ values: [Value]) -> [Value] { phases[0].map { values[$0] } }

  /// Changes all parameters in place.
  /// - Parameter gradients: For each phase, one for each of its parameters.
  func step(_ gradients: [[Tensor]], learningRate: Double) throws(TorchError) {
    for part in parts {
      let own = part.places.map { gradients[part.group.phase][$0] }
      try part.optimiser.step(own, learningRate: learningRate * part.group.rate)
    }
  }

  func state() -> [String: Tensor] {
    parts.reduce(into: [:]) { state, part in
      state.merge(part.optimiser.state(names: part.names)) { $1 }
    }
  }

  func restore(_ state: [String: Tensor]) throws(TorchError) {
    for part in parts { try part.optimiser.restore(state, names: part.names) }
  }
}
