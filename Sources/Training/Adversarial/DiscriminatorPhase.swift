internal import Checkpoints
internal import Torch

/// A discriminator among a task's trained parameters: a phase of its own, whose keys begin with ``prefix``.
enum DiscriminatorPhase {
  /// What its keys begin with.
  static let prefix = "discriminator."

  /// The groups of a task: what restores, and the discriminator where there is one.
  /// - Parameters:
  ///   - name: What messages and logs call the networks that restore.
  ///   - rate: Factor of the learning rate for the discriminator; nil where there is none.
  static func groups(_ name: String, rate: Double?) -> [ParameterGroup] {
    let networks = ParameterGroup(name, takes: { !$0.hasPrefix(prefix) })
    return rate.map { [networks, ParameterGroup("discriminator", phase: 1, rate: $0)] } ?? [networks]
  }

  /// A new discriminator's parameters, by their keys among a task's.
  /// - Parameter build: Takes them.
  static func drawn<Module>(seed: UInt64, _ build: (ParameterPath) throws -> Module) throws -> [String: Tensor] {
    let initialiser = try ParameterInitialiser(seed: seed)
    _ = try build(ParameterLoader(initialiser).root)
    return Dictionary(uniqueKeysWithValues: initialiser.drawn.map { (prefix + $0.key, $0.value) })
  }

  /// The discriminator over a task's parameters.
  static func load<Module>(
    _ parameters: ParameterDictionary, device: Device, _ build: (ParameterPath) throws -> Module
  ) throws -> Module {
    try ParameterLoader.load(
      PrefixedSource(parameters, prefix: prefix), component: "the discriminator", device: device, build)
  }
}
