public import Torch

/// Where a component's parameters come from: a file, a dictionary, a random initialiser, or nothing at all.
public protocol ParameterSource {
  /// What messages call this source: a file's path, mostly.
  var name: String { get }

  /// Every key that the source holds. A load reports those that nobody asked for.
  var keys: Set<String> { get }

  /// The tensor of a key.
  /// - Parameters:
  ///   - key: The full key as in the published checkpoint.
  ///   - request: What the layer wants.
  /// - Returns: nil when the source has no such key. The shape need not be the one asked for: the loader checks it.
  /// - Throws: `CheckpointError` or `TorchError` when the key is there but cannot be read.
  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor?

  /// Low-rank changes that the layer of a weight computes beside it, so that they can be trained: see ``BranchedSource``.
  /// Most sources have none.
  /// - Parameter key: The weight's full key.
  func branches(_ key: String) -> [LowRankUpdate]
}

extension ParameterSource {
  /// None.
  public func branches(_ key: String) -> [LowRankUpdate] { [] }
}

/// What a layer asks of a source.
public struct ParameterRequest: Sendable {
  /// The sizes that the layer's configuration implies.
  public let shape: [Int]
  /// How a new parameter begins; a checkpoint ignores it.
  public let initial: Initialisation

  /// What a layer asks.
  public init(shape: [Int], initial: Initialisation = .zeros) {
    self.shape = shape
    self.initial = initial
  }
}

/// How a parameter begins before training.
public enum Initialisation: Sendable, Hashable {
  /// Zero: layers whose output must start as nothing.
  case zeros
  /// One: scales of norms.
  case ones
  /// Even draws within ±1/√fanIn, PyTorch's default for linear and convolution layers.
  case uniform(fanIn: Int)
  /// Normal draws of a standard deviation.
  case normal(Double)
}

/// Parameters held in memory.
public struct ParameterDictionary: ParameterSource {
  /// What messages call this source.
  public let name: String
  /// The tensors by key.
  public var tensors: [String: Tensor]

  /// A source over tensors in memory.
  public init(_ tensors: [String: Tensor], name: String = "parameters in memory") {
    self.name = name
    self.tensors = tensors
  }

  /// All tensors of a checkpoint.
  /// - Parameter name: What messages call this source; nil takes the checkpoint's name.
  /// - Throws: `CheckpointError` that names the tensor which cannot be read.
  public init(_ checkpoint: any Checkpoint, name: String? = nil) throws(CheckpointError) {
    self.init([:], name: name ?? checkpoint.name)
    for key in checkpoint.keys { tensors[key] = try checkpoint.tensor(key) }
  }

  /// Every key.
  public var keys: Set<String> { Set(tensors.keys) }

  /// The tensor of a key, as it is.
  public func parameter(_ key: String, _ request: ParameterRequest) -> Tensor? { tensors[key] }
}

/// Part of another source: the keys under a prefix, without it.
public struct PrefixedSource: ParameterSource {
  private let base: any ParameterSource
  private let prefix: String

  /// The keys of `base` that begin with `prefix`, which includes its final dot or slash.
  public init(_ base: any ParameterSource, prefix: String) {
    self.base = base
    self.prefix = prefix
  }

  /// The name of the whole source.
  public var name: String { base.name }

  /// Keys under the prefix, without it.
  public var keys: Set<String> {
    Set(base.keys.lazy.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
  }

  /// The tensor of a key under the prefix.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    try base.parameter(prefix + key, request)
  }

  /// The low-rank changes beside a weight under the prefix.
  public func branches(_ key: String) -> [LowRankUpdate] { base.branches(prefix + key) }
}

/// Draws new parameters: the beginning of a training.
public final class ParameterInitialiser: ParameterSource {
  /// What messages call this source.
  public let name = "new parameters"
  /// A new component has no keys of its own.
  public let keys: Set<String> = []
  /// What was drawn so far, by key.
  public private(set) var drawn: [String: Tensor] = [:]
  private let generator: Generator

  /// New parameters from a seed. The draws depend on the order in which layers ask.
  public init(seed: UInt64) throws(TorchError) { generator = try Generator(seed: seed) }

  /// A new float32 tensor as requested.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let shape = request.shape
    let tensor: Tensor
    switch request.initial {
    case .zeros: tensor = try .zeros(shape)
    case .ones: tensor = try .ones(shape)
    case .normal(let deviation): tensor = try .randn(shape, generator: generator) * deviation
    case .uniform(let fanIn):
      let bound = 1 / Double(max(fanIn, 1)).squareRoot()
      tensor = try .rand(shape, generator: generator) * (2 * bound) - bound
    }
    drawn[key] = tensor
    return tensor
  }
}

/// Records what a component asks for, without any memory: the component's own manifest.
public final class ParameterRecorder: ParameterSource {
  /// What messages call this source.
  public let name = "layout"
  /// A recorder holds nothing.
  public let keys: Set<String> = []
  /// The shapes asked for, by key.
  public private(set) var shapes: [String: [Int]] = [:]

  /// An empty record.
  public init() {}

  /// A tensor of the shape on the `meta` device.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    shapes[key] = request.shape
    return try .empty(request.shape, device: .meta)
  }
}
