public import Torch

/// One load of one component: hands out parameters and keeps account of what was asked for.
///
/// A layer that does not find its key goes on with a tensor without memory, so that the account at the end names every
/// missing key and not just the first.
public final class ParameterLoader {
  private let source: any ParameterSource
  private let dtype: DType?
  private let device: Device
  private var taken: Set<String> = []
  private var account = LoadAccount()

  /// Starts a load.
  /// - Parameters:
  ///   - source: Where parameters come from.
  ///   - dtype: The type that floating-point parameters are converted to; nil keeps the source's.
  ///   - device: Where parameters shall be.
  public init(_ source: any ParameterSource, dtype: DType? = nil, device: Device = .cpu) {
    self.source = source
    self.dtype = dtype
    self.device = device
  }

  /// The cursor at the top of the checkpoint.
  public var root: ParameterPath { ParameterPath(loader: self, prefix: "") }

  /// True when the source holds the key.
  func contains(_ key: String) -> Bool { source.keys.contains(key) }

  func branches(_ key: String) -> [LowRankUpdate] { source.branches(key) }

  func take(_ key: String, _ request: ParameterRequest, _ handling: ParameterHandling) throws -> Tensor {
    taken.insert(key)
    guard let found = try source.parameter(key, request) else {
      account.missing.append(key)
      return try .empty(request.shape, device: .meta)
    }
    guard found.shape == request.shape else {
      account.mismatched.append(LoadAccount.Mismatch(key: key, expected: request.shape, found: found.shape))
      return try .empty(request.shape, device: .meta)
    }
    if found.device == .meta { return found }
    let type = found.dtype.isFloatingPoint ? dtype ?? found.dtype : found.dtype
    if case .accounting(let size) = handling {
      size.byteCount += found.count * type.byteCount
      return try .empty(request.shape, dtype: type, device: .meta)
    }
    let wanted = try found.to(type, device: device)
    // A converted tensor has memory of its own; the file's pages need not stay in memory beside it.
    if !wanted.sharesMemory(with: found) {
      MappedMemory.release(found)
    } else if case .lending(let lent) = handling {
      lent.tensors.append(wanted)
    }
    return wanted
  }

  /// Ends the load.
  /// - Parameter ignoring: Tells which unexpected keys are harmless (integer buffers, unused towers).
  /// - Returns: The account, with every list sorted.
  public func finish(ignoring: (String) -> Bool = { _ in false }) -> LoadAccount {
    var result = account
    result.unexpected = source.keys.subtracting(taken).filter { !ignoring($0) }
    result.sort()
    return result
  }

  /// Builds a component and throws unless every key matched.
  /// - Parameters:
  ///   - source: Where parameters come from.
  ///   - component: What is being loaded, for messages.
  ///   - dtype: The type of floating-point parameters; nil keeps the source's.
  ///   - device: Where parameters shall be.
  ///   - ignoring: Tells which unexpected keys are harmless.
  ///   - build: Makes the component from the cursor.
  /// - Returns: The component.
  /// - Throws: `CheckpointError` with the missing, unexpected and mismatched keys; what `build` throws.
  public static func load<Component>(
    _ source: any ParameterSource, component: String, dtype: DType? = nil, device: Device = .cpu,
    ignoring: (String) -> Bool = { _ in false }, _ build: (ParameterPath) throws -> Component
  ) throws -> Component {
    let loader = ParameterLoader(source, dtype: dtype, device: device)
    let result = try build(loader.root)
    try loader.finish(ignoring: ignoring).check(component: component, source: source.name)
    return result
  }
}

/// What a load found and did not find.
public struct LoadAccount: Sendable {
  /// A key whose shape is not the component's.
  public struct Mismatch: Sendable {
    /// The key.
    public let key: String
    /// The shape that the component's configuration implies.
    public let expected: [Int]
    /// The shape in the source.
    public let found: [Int]
  }

  /// Keys that the component wants and the source lacks.
  public internal(set) var missing: [String] = []
  /// Keys that the source has and the component does not want.
  public internal(set) var unexpected: [String] = []
  /// Keys with another shape.
  public internal(set) var mismatched: [Mismatch] = []

  /// True when every key matched.
  public var isClean: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  mutating func sort() {
    missing.sort()
    unexpected.sort()
    mismatched.sort { $0.key < $1.key }
  }

  /// Throws unless every key matched.
  /// - Throws: `CheckpointError` that names keys, of each kind the first few.
  public func check(component: String, source: String) throws(CheckpointError) {
    guard !isClean else { return }
    var parts: [String] = []
    func add(_ title: String, _ items: [String]) {
      guard !items.isEmpty else { return }
      let more = items.count > 4 ? ", … (\(items.count) in all)" : ""
      parts.append("\(title): \(items.prefix(4).joined(separator: ", "))\(more)")
    }
    add("missing", missing)
    add("unexpected", unexpected)
    add("of another shape", mismatched.map { "\($0.key) \($0.found) instead of \($0.expected)" })
    throw CheckpointError(
      .mismatch,
      "loading \(component) from \(source): \(parts.joined(separator: "; ")). "
        + "Is this the checkpoint of another model, or an incomplete one?")
  }
}
